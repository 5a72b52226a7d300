import type { Ledger } from '../ledger/ledger.ts';
import { HALF_CLOSED_BY_CLIENT, HALF_CLOSED_BY_REMOTE, MIDSTREAM, OPEN, stateOf } from '../session/sessions.ts';
import type { Process, ProcessTable } from './process-table.ts';

const NOBODY = -1;

/** Whose each session is: who is told first keeps it, so the surest source speaks first. */
export class SessionOwners {
  readonly #ledger: Ledger;
  readonly #table: ProcessTable;
  /** Places in the table by session row; made with the first owner. */
  #owners: Int32Array | null = null;

  constructor(ledger: Ledger, table: ProcessTable) {
    this.#ledger = ledger;
    this.#table = table;
  }

  isKnown(row: number): boolean {
    return this.of(row) !== null;
  }

  /** Process id by session row, NaN where it is not known. */
  get pid(): Float64Array {
    const pid = new Float64Array(this.#ledger.sessions.count).fill(Number.NaN);
    this.#owners?.forEach((index, row) => {
      if (index !== NOBODY) pid[row] = this.#table.at(index).pid;
    });
    return pid;
  }

  /** The process of a session, null where it is not known. */
  of(row: number): Process | null {
    const index = this.#owners?.[row] ?? NOBODY;
    return index === NOBODY ? null : this.#table.at(index);
  }

  give(row: number, process: Process): void {
    if (this.isKnown(row)) return;
    const { facts: ofRows, count } = this.#ledger.sessions;
    this.#owners ??= new Int32Array(count).fill(NOBODY);
    this.#owners[row] = process.index;
    const facts = ofRows[row]!;
    if ((facts & MIDSTREAM) === 0) process.attempts++;
    if (isOpen(stateOf(facts))) process.openSessions++;
  }
}

function isOpen(state: number): boolean {
  return state === OPEN || state === HALF_CLOSED_BY_REMOTE || state === HALF_CLOSED_BY_CLIENT;
}
