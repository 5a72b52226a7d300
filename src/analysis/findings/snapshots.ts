/** The host's own lists of sockets, brought to the clients and the timeline of the capture. */
import type { SocketRow, SocketSnapshot } from '../../contract/evidence.ts';
import { isLoopbackAddress } from './events.ts';
import type { DiagnosisInput } from './scene.ts';

export interface PlacedSnapshot {
  readonly source: SocketSnapshot;
  /** In ns of the timeline; the end of the capture where the text gives no time. */
  readonly at: number;
  /** The text states the time with its zone, or the user gave the offset. */
  readonly timeKnown: boolean;
  /** Rows of connections, by client (row in `ClientGroups`) and four-tuple (`tupleKey`). */
  readonly connections: ReadonlyMap<number, ReadonlyMap<string, SocketRow>>;
  /** Bound rows on local ports that have no other TCP row. */
  readonly boundOnly: readonly SocketRow[];
  /** It shows bound ports at all: netstat does only with -q. */
  readonly showsBound: boolean;
  /** Rows of connections within the host. */
  readonly loopback: readonly SocketRow[];
}

export function tupleKey(localPort: number, remoteAddress: string, remotePort: number): string {
  return `${localPort} ${remoteAddress} ${remotePort}`;
}

export function placeSnapshots({ evidence, ledger }: DiagnosisInput): PlacedSnapshot[] {
  if (evidence.snapshots.length === 0 || !Number.isFinite(ledger.span.to)) return [];
  const { clients, addresses, timeline, span } = ledger;
  const clientOf = new Map<string, number>();
  for (let client = 0; client < clients.count; client++) clientOf.set(addresses.text(clients.address[client]!), client);
  return evidence.snapshots.map((source) => ({
    source,
    at: source.time === null ? span.to : timeline.fromUnixNanoseconds(source.time),
    timeKnown: source.zone === 'stated' || source.zone === 'given',
    ...sortRows(source, clientOf),
  }));
}

type Sorted = Pick<PlacedSnapshot, 'connections' | 'boundOnly' | 'showsBound' | 'loopback'>;

function sortRows(source: SocketSnapshot, clientOf: ReadonlyMap<string, number>): Sorted {
  const connections = new Map<number, Map<string, SocketRow>>();
  const bound: SocketRow[] = [];
  const loopback: SocketRow[] = [];
  const usedPorts = new Set<number>();
  for (const row of source.rows) {
    if (row.protocol !== 'tcp' || row.localPort === null) continue;
    if (row.state === 'BOUND') {
      bound.push(row);
      continue;
    }
    usedPorts.add(row.localPort);
    if (row.state === 'LISTENING' || row.localAddress === null || row.remoteAddress === null) continue;
    if (isLoopbackAddress(row.localAddress)) loopback.push(row);
    const client = clientOf.get(row.localAddress);
    if (client !== undefined) addConnection(connections, client, row);
  }
  const boundOnly = bound.filter((row) => !usedPorts.has(row.localPort!));
  const showsBound = bound.length > 0 || source.tool === 'Get-NetTCPConnection';
  return { connections, boundOnly, showsBound, loopback };
}

function addConnection(connections: Map<number, Map<string, SocketRow>>, client: number, row: SocketRow): void {
  let ofClient = connections.get(client);
  if (ofClient === undefined) {
    ofClient = new Map();
    connections.set(client, ofClient);
  }
  ofClient.set(tupleKey(row.localPort!, row.remoteAddress!, row.remotePort ?? 0), row);
}
