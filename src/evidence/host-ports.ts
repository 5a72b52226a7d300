import type { EvidenceFacts, SocketSnapshot } from '../contract/evidence.ts';
import type { PortRange } from '../contract/job.ts';

/** What companion files say about the ports of one host; the ledger takes it as it is. */
export interface HostPorts {
  /** Addresses of the host; empty where no file tells, and then it holds for every client. */
  addresses: string[];
  /** The dynamic port range of TCP, null where no file gives it. */
  range: PortRange | null;
  excluded: PortRange[];
  /** Ports that TCP listens on, by the latest list that shows any. */
  listeners: number[];
}

interface Host extends HostPorts {
  files: Set<string>;
}

/**
 * The hosts that the files are about: those that name a common address are of one. A file without addresses (netsh alone)
 * belongs to the host of the others where there is one only; else it holds for every client.
 */
export function hostPorts(facts: EvidenceFacts): HostPorts[] {
  const hosts = namedHosts(facts.snapshots);
  const nameless: Host = { files: new Set(), addresses: [], range: null, excluded: [], listeners: [] };
  const hostOf = (file: string) =>
    hosts.find((host) => host.files.has(file)) ?? (hosts.length === 1 ? hosts[0]! : nameless);
  for (const { file, protocol, first, last } of facts.dynamicPorts) {
    if (protocol !== 'udp') hostOf(file).range ??= { first, last };
  }
  for (const { file, protocol, first, last } of facts.excludedPorts) {
    if (protocol !== 'udp') hostOf(file).excluded.push({ first, last });
  }
  for (const snapshot of facts.snapshots) {
    const listeners = listenersOf(snapshot);
    if (listeners.length > 0) hostOf(snapshot.file).listeners = listeners;
  }
  return [...hosts, nameless]
    .map(({ files: _, ...host }) => host)
    .filter(({ range, excluded, listeners }) => range !== null || excluded.length > 0 || listeners.length > 0);
}

function namedHosts(snapshots: readonly SocketSnapshot[]): Host[] {
  const hosts: Host[] = [];
  for (const [file, addresses] of addressesByFile(snapshots)) {
    if (addresses.size === 0) continue;
    const known = hosts.filter((host) => host.addresses.some((address) => addresses.has(address)));
    const joined: Host = { files: new Set([file]), addresses: [], range: null, excluded: [], listeners: [] };
    for (const host of known) {
      for (const name of host.files) joined.files.add(name);
      for (const address of host.addresses) addresses.add(address);
      hosts.splice(hosts.indexOf(host), 1);
    }
    joined.addresses = [...addresses];
    hosts.push(joined);
  }
  return hosts;
}

/** Addresses that belong to the host alone: those of its ends, neither loopback nor wildcards. */
function addressesByFile(snapshots: readonly SocketSnapshot[]): Map<string, Set<string>> {
  const byFile = new Map<string, Set<string>>();
  for (const { file, rows } of snapshots) {
    const addresses = byFile.get(file) ?? new Set();
    byFile.set(file, addresses);
    for (const { localAddress } of rows) if (localAddress !== null && isOwn(localAddress)) addresses.add(localAddress);
  }
  return byFile;
}

/** Link-local IPv6 addresses such as fe80::1 are given anew on every link. */
function isOwn(address: string): boolean {
  return !/^(0\.0\.0\.0|::1?|127\..*|fe80:.*|169\.254\..*)$/.test(address);
}

function listenersOf(snapshot: SocketSnapshot): number[] {
  const ports = new Set<number>();
  for (const { protocol, state, localPort } of snapshot.rows) {
    if (protocol === 'tcp' && state === 'LISTENING' && localPort !== null) ports.add(localPort);
  }
  return [...ports].sort((a, b) => a - b);
}
