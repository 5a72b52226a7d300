/**
 * Which process a session belongs to (DOMAIN 1.10). The host's own lists of sockets name it by four-tuple: the row of a
 * list belongs to the latest session that had begun by then.
 */
import type { EvidenceFacts, SocketRow, SocketSnapshot } from '../../contract/evidence.ts';
import type { ProcessReport } from '../../contract/report.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { HALF_CLOSED_BY_CLIENT, HALF_CLOSED_BY_REMOTE, MIDSTREAM, OPEN, stateOf } from '../session/sessions.ts';
import { ProcessTable } from './process-table.ts';
import { TupleRows } from './tuple-rows.ts';

/** Clocks of host and capture differ by so much at most (DOMAIN 4.1, F10). */
const SKEW = 2e9;

export interface Attribution {
  /** Process id of each session row, NaN where it is not known. */
  readonly pid: Float64Array;
  readonly processes: ProcessReport[];
}

export function attributeProcesses(ledger: Ledger, evidence: EvidenceFacts): Attribution {
  const pid = new Float64Array(ledger.sessions.count).fill(Number.NaN);
  const table = new ProcessTable();
  if (evidence.snapshots.length > 0) new ListReader(ledger, pid, table).readAll(evidence.snapshots);
  return { pid, processes: table.report() };
}

class ListReader {
  readonly #ledger: Ledger;
  readonly #rows: TupleRows;
  readonly #pid: Float64Array;
  readonly #table: ProcessTable;

  constructor(ledger: Ledger, pid: Float64Array, table: ProcessTable) {
    this.#ledger = ledger;
    this.#rows = new TupleRows(ledger);
    this.#pid = pid;
    this.#table = table;
  }

  /** In the order of time: where a later list disagrees, the process that had the session first keeps it. */
  readAll(snapshots: readonly SocketSnapshot[]): void {
    const hosts = this.#hosts(snapshots);
    const placed = snapshots.map((snapshot) => ({ snapshot, at: this.#timeOf(snapshot) }));
    placed.sort((one, other) => one.at - other.at);
    for (const { snapshot, at } of placed) this.#read(snapshot, at, hosts.get(snapshot.file)!);
  }

  #timeOf({ time }: SocketSnapshot): number {
    const { timeline, span } = this.#ledger;
    const known = time !== null && !Number.isNaN(timeline.baseSeconds);
    return known ? timeline.fromUnixNanoseconds(time) : span.to;
  }

  /** A host is named by the first of its addresses that is a client; files without any are the only host's. */
  #hosts(snapshots: readonly SocketSnapshot[]): Map<string, string> {
    const names = new Map<string, string>();
    for (const { file, rows } of snapshots) {
      let name = names.get(file) ?? '';
      for (const { localAddress } of rows) {
        if (localAddress === null || !this.#rows.hasClient(localAddress)) continue;
        if (name === '' || localAddress < name) name = localAddress;
      }
      names.set(file, name);
    }
    const known = new Set([...names.values()].filter((name) => name !== ''));
    const only = known.size === 1 ? [...known][0]! : '';
    for (const [file, name] of names) if (name === '') names.set(file, only);
    return names;
  }

  #read(snapshot: SocketSnapshot, at: number, host: string): void {
    const timeKnown = snapshot.zone === 'stated' || snapshot.zone === 'given';
    for (const row of snapshot.rows) {
      if (row.pid === null || row.pid === 0) continue;
      const session = this.#sessionOf(row, at);
      const confidence = session >= 0 && timeKnown ? 'high' : 'medium';
      const process = this.#table.process(host, row.pid, row.process, 'netstat', confidence);
      if (host !== '') process.clients.add(host);
      if (row.localAddress !== null && this.#rows.hasClient(row.localAddress)) process.clients.add(row.localAddress);
      if (session < 0 || !Number.isNaN(this.#pid[session]!)) continue;
      this.#pid[session] = row.pid;
      const facts = this.#ledger.sessions.facts[session]!;
      if ((facts & MIDSTREAM) === 0) process.attempts++;
      if (isOpen(stateOf(facts))) process.openSessions++;
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

function isOpen(state: number): boolean {
  return state === OPEN || state === HALF_CLOSED_BY_REMOTE || state === HALF_CLOSED_BY_CLIENT;
}
