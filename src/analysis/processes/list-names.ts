import type { SocketRow, SocketSnapshot } from '../../contract/evidence.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { SECOND } from '../segment/timeline.ts';
import { Hosts } from './hosts.ts';
import { addClient, type ProcessTable } from './process-table.ts';
import type { SessionOwners } from './session-owners.ts';
import type { TupleRows } from './tuple-rows.ts';

/** Clocks of host and capture differ by so much at most. */
const SKEW = 2 * SECOND;

/**
 * The host's own lists of sockets name processes by four-tuple: the row of a list belongs to the latest session that had
 * begun by then.
 */
export class ListNames {
  readonly #ledger: Ledger;
  readonly #snapshots: readonly SocketSnapshot[];
  readonly #rows: TupleRows;

  constructor(ledger: Ledger, snapshots: readonly SocketSnapshot[], rows: TupleRows) {
    this.#ledger = ledger;
    this.#snapshots = snapshots;
    this.#rows = rows;
  }

  joinHosts(hosts: Hosts): void {
    for (const { file, rows } of this.#snapshots) {
      for (const { localAddress } of rows) {
        if (localAddress === null || !this.#rows.hasClient(localAddress)) continue;
        hosts.join(Hosts.file(file), localAddress);
      }
    }
  }

  /** In the order of time: where a later list disagrees, the process that had the session first keeps it. */
  attribute(table: ProcessTable, owners: SessionOwners, hosts: Hosts): void {
    const placed = this.#snapshots.map((snapshot) => ({ snapshot, at: this.#timeOf(snapshot) }));
    placed.sort((one, other) => one.at - other.at);
    for (const { snapshot, at } of placed) this.#read(snapshot, at, hosts.of(Hosts.file(snapshot.file)), table, owners);
  }

  #timeOf({ time }: SocketSnapshot): number {
    const { timeline, span } = this.#ledger;
    const known = time !== null && !Number.isNaN(timeline.baseSeconds);
    return known ? timeline.fromUnixNanoseconds(time) : span.to;
  }

  #read(snapshot: SocketSnapshot, at: number, host: string, table: ProcessTable, owners: SessionOwners): void {
    const timeKnown = snapshot.zone === 'stated' || snapshot.zone === 'given';
    const hostAddress = this.#rows.clientAddress(Hosts.addressOf(host));
    for (const row of snapshot.rows) {
      if (row.pid === null || row.pid === 0) continue;
      const session = this.#sessionOf(row, at);
      const confidence = session >= 0 && timeKnown ? 'high' : 'medium';
      const process = table.process(host, row.pid, row.process, 'netstat', confidence);
      const client = this.#rows.clientAddress(row.localAddress) ?? hostAddress;
      if (client !== null) addClient(process, client);
      if (session >= 0) owners.give(session, process);
    }
  }

  /** Listeners and bound ports are no connections, and a row in TIME_WAIT belongs to no process any more. */
  #sessionOf(row: SocketRow, at: number): number {
    const { protocol, state, localAddress, localPort, remoteAddress, remotePort } = row;
    if (protocol !== 'tcp' || state === 'LISTENING' || state === 'BOUND' || state === 'TIME_WAIT') return -1;
    if (localAddress === null || localPort === null || remoteAddress === null || remotePort === null) return -1;
    return this.#rows.find(localAddress, localPort, remoteAddress, remotePort, at + SKEW);
  }
}
