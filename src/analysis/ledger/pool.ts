import type { PortRange } from '../../contract/job.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Pool, RowRange } from './ledger.ts';
import type { HostPorts, LedgerOptions } from './options.ts';

/** The dynamic ranges of Windows since Vista, of Windows before, and of Linux. */
const KNOWN_RANGES: readonly PortRange[] = [
  { first: 49152, last: 65535 },
  { first: 1025, last: 5000 },
  { first: 32768, last: 60999 },
];

/** A pool as a range of ports and the ports in it that connections out cannot get. */
class PortPool implements Pool {
  readonly first: number;
  readonly last: number;
  readonly source: Pool['source'];
  readonly weak: boolean;
  readonly usable: number;
  readonly #blocked: ReadonlySet<number> | null;

  constructor(range: PortRange, source: Pool['source'], weak: boolean, blocked: ReadonlySet<number>) {
    this.first = range.first;
    this.last = range.last;
    this.source = source;
    this.weak = weak;
    this.#blocked = blocked.size === 0 ? null : blocked;
    this.usable = this.size - blocked.size;
  }

  get size(): number {
    return this.last - this.first + 1;
  }

  has(localPort: number): boolean {
    if (localPort < this.first || localPort > this.last) return false;
    return this.#blocked === null || !this.#blocked.has(localPort);
  }
}

/** The pool of a client whose sessions these are: given, from evidence, or inferred. `hosts`: see `hostsAt`. */
export function poolOf(
  sessions: Sessions,
  rows: RowRange,
  hosts: readonly HostPorts[],
  options: Pick<LedgerOptions, 'portRange'>,
): Pool {
  const stated = statedRange(options, hosts);
  if (stated && holdsMost(sessions, rows, stated.range)) {
    return new PortPool(stated.range, stated.source, false, blockedPorts(stated.range, hosts));
  }
  const seen = portsSeen(sessions, rows);
  const known = KNOWN_RANGES.find((range) => seen.first >= range.first && seen.last <= range.last);
  const range = known ?? seen;
  return new PortPool(range, 'inferred', known === undefined, blockedPorts(range, hosts));
}

/** What is known of the host with this address. */
export function hostsAt(hosts: readonly HostPorts[], address: string): HostPorts[] {
  return hosts.filter((host) => host.addresses.length === 0 || host.addresses.includes(address));
}

function statedRange(options: Pick<LedgerOptions, 'portRange'>, hosts: readonly HostPorts[]) {
  if (options.portRange) return { range: options.portRange, source: 'given' as const };
  const host = hosts.find(({ range }) => range !== null);
  return host?.range ? { range: host.range, source: 'evidence' as const } : null;
}

/** Whether no more than half of the client's local ports lie outside: else the range is another host's. */
function holdsMost(sessions: Sessions, { from, to }: RowRange, range: PortRange): boolean {
  const ports = new Set<number>();
  for (let row = from; row < to; row++) ports.add(sessions.ports[row]! >>> 16);
  let inside = 0;
  for (const port of ports) if (port >= range.first && port <= range.last) inside++;
  return inside * 2 >= ports.size;
}

function portsSeen({ ports }: Sessions, { from, to }: RowRange): PortRange {
  let first = 65535;
  let last = 0;
  for (let row = from; row < to; row++) {
    const port = ports[row]! >>> 16;
    if (port < first) first = port;
    if (port > last) last = port;
  }
  return { first, last };
}

function blockedPorts(range: PortRange, hosts: readonly HostPorts[]): Set<number> {
  const blocked = new Set<number>();
  for (const host of hosts) {
    for (const port of host.listeners) if (port >= range.first && port <= range.last) blocked.add(port);
    for (const excluded of host.excluded) {
      const last = Math.min(excluded.last, range.last);
      for (let port = Math.max(excluded.first, range.first); port <= last; port++) blocked.add(port);
    }
  }
  return blocked;
}
