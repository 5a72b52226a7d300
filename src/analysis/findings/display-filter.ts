/** Wireshark display filters. The syntax is that of 3.6 and newer (a comma between the members of a set). */
import type { Endpoint } from '../../contract/report.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { MAX_FRAMES } from './judgement.ts';
import { localPortOf } from './scene.ts';

/** A filter stays readable, and short enough to paste, with this many ports, or ranges of them. */
const RANGES_IN_FILTER = 40;

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

/**
 * The ports in the order of a filter: it holds a few only, so those of the first sessions come first, as their frames
 * are named.
 */
export function portsForFilter(ledger: Ledger, rows: readonly number[], all: readonly number[]): number[] {
  return [...new Set([...rows.slice(0, MAX_FRAMES).map((row) => localPortOf(ledger, row)), ...all])];
}

function layer(address: string): 'ip' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ip';
}

function portTerm(field: string, ports: readonly number[]): string {
  if (ports.length === 1) return `${field} == ${ports[0]}`;
  const ranges = rangesOf(ports).toSorted((a, b) => a.rank - b.rank);
  const members = ranges.slice(0, RANGES_IN_FILTER).toSorted((a, b) => a.from - b.from);
  return `${field} in {${members.map(({ from, to }) => (from === to ? from : `${from}..${to}`)).join(', ')}}`;
}

/** Ports without a gap; `rank` is the place of the first of them in the list. */
type Range = { from: number; to: number; rank: number };

function rangesOf(ports: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const [rank, port] of [...ports.entries()].sort((a, b) => a[1] - b[1])) {
    const last = ranges.at(-1);
    if (last === undefined || port > last.to + 1) ranges.push({ from: port, to: port, rank });
    else ranges[ranges.length - 1] = { from: last.from, to: port, rank: Math.min(last.rank, rank) };
  }
  return ranges;
}
