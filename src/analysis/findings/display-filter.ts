/** Wireshark display filters. The syntax is that of 3.6 and newer (a comma between the members of a set). */
import type { Endpoint } from '../../contract/report.ts';

/** A filter stays readable, and short enough to paste, with this many ports. */
const PORTS_IN_FILTER = 40;

/** SYNs of one client, towards one remote or any, on these local ports or any. */
export function synFilter(client: string, remote: Endpoint | null, localPorts: readonly number[] = []): string {
  const parts = [`${layer(client)}.src == ${client}`];
  if (remote !== null) parts.push(`${layer(remote.address)}.dst == ${remote.address}`, `tcp.dstport == ${remote.port}`);
  parts.push('tcp.flags.syn == 1', 'tcp.flags.ack == 0');
  if (localPorts.length > 0) parts.push(portTerm('tcp.srcport', localPorts));
  return parts.join(' && ');
}

/** All packets of one client's sessions, towards one remote or any, on these local ports. */
export function sessionFilter(client: string, remote: Endpoint | null, localPorts: readonly number[]): string {
  const parts = [`${layer(client)}.addr == ${client}`];
  if (remote !== null) parts.push(`${layer(remote.address)}.addr == ${remote.address}`, `tcp.port == ${remote.port}`);
  parts.push(portTerm('tcp.port', localPorts));
  return parts.join(' && ');
}

/** The ports in the order of a filter: it holds a few only, and those of the frames that a finding names come first. */
export function portsForFilter(ofFrames: readonly number[], all: readonly number[]): number[] {
  return [...new Set([...ofFrames, ...all])];
}

function layer(address: string): 'ip' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ip';
}

function portTerm(field: string, ports: readonly number[]): string {
  const shown = ports.slice(0, PORTS_IN_FILTER);
  return shown.length === 1 ? `${field} == ${shown[0]}` : `${field} in {${shown.join(', ')}}`;
}
