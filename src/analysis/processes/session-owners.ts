import type { Ledger } from '../ledger/ledger.ts';
import { HALF_CLOSED_BY_CLIENT, HALF_CLOSED_BY_REMOTE, MIDSTREAM, OPEN, stateOf } from '../session/sessions.ts';
import type { Process, ProcessTable } from './process-table.ts';

const NOBODY = -1;

/** Whose each session is: who is told first keeps it, so the surest source speaks first. */
export class SessionOwners {
  /** Process id by session row, NaN where it is not known. */
  readonly pid: Float64Array;
  readonly #ledger: Ledger;
  readonly #table: ProcessTable;
  /** Places in the table by session row; made with the first owner. */
  #owners: Int32Array | null = null;

  constructor(ledger: Ledger, table: ProcessTable) {
    this.#ledger = ledger;
    this.#table = table;
    this.pid = new Float64Array(ledger.sessions.count).fill(Number.NaN);
  }

  isKnown(row: number): boolean {
    return !Number.isNaN(this.pid[row]!);
  }

  /** The process of a session, null where it is not known. */
  of(row: number): Process | null {
    const index = this.#owners?.[row] ?? NOBODY;
    return index === NOBODY ? null : this.#table.at(index);
  }

  give(row: number, process: Process): void {
    if (this.isKnown(row)) return;
    this.#owners ??= new Int32Array(this.pid.length).fill(NOBODY);
    this.#owners[row] = process.index;
    this.pid[row] = process.pid;
    const facts = this.#ledger.sessions.facts[row]!;
    if ((facts & MIDSTREAM) === 0) process.attempts++;
    if (isOpen(stateOf(facts))) process.openSessions++;
  }
}

function isOpen(state: number): boolean {
  return state === OPEN || state === HALF_CLOSED_BY_REMOTE || state === HALF_CLOSED_BY_CLIENT;
}
