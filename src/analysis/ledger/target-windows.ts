import { SECOND } from '../segment/timeline.ts';
import { ESTABLISHED, MIDSTREAM } from '../session/sessions.ts';
import { waitsAfterHold } from './hold.ts';
import type { Ledger } from './ledger.ts';
import { MAX_DENSE_ROWS, type WindowColumns, type WindowGrid, windowGrid } from './window-grid.ts';

const FOREVER = Number.POSITIVE_INFINITY;

/** Makes the rows of one target after the other: what changes in each window is collected first, and then added up. */
export class TargetWindows {
  readonly #ledger: Ledger;
  readonly #grid: WindowGrid;
  readonly #dense: boolean;
  readonly #timeWaitTime: number;
  readonly #attempts: Uint32Array;
  readonly #failed: Uint32Array;
  readonly #distinct: Uint32Array;
  readonly #newPorts: Uint32Array;
  /** Sessions opened less sessions ended; ports gone into TIME_WAIT less those that left it. */
  readonly #opened: Int32Array;
  readonly #waiting: Int32Array;
  readonly #changed: Uint8Array;
  /** First and last window with a change. */
  #low = 0;
  #high = -1;

  constructor(ledger: Ledger) {
    const grid = windowGrid(ledger);
    this.#ledger = ledger;
    this.#grid = grid;
    this.#dense = ledger.targets.count * grid.count <= MAX_DENSE_ROWS;
    this.#timeWaitTime = ledger.options.timeWaitSeconds * SECOND;
    this.#attempts = new Uint32Array(grid.count);
    this.#failed = new Uint32Array(grid.count);
    this.#distinct = new Uint32Array(grid.count);
    this.#newPorts = new Uint32Array(grid.count);
    this.#opened = new Int32Array(grid.count);
    this.#waiting = new Int32Array(grid.count);
    this.#changed = new Uint8Array(grid.count);
  }

  /** Appends the rows of the target, which has room for them. */
  write(target: number, rows: WindowColumns): void {
    const { ports } = this.#ledger;
    this.#low = this.#grid.count;
    this.#high = -1;
    for (let run = ports.firstOfTarget[target]!; run < ports.firstOfTarget[target + 1]!; run++) this.#collect(run);
    this.#addUp(target, rows);
    this.#forget();
  }

  /** The sessions of one port follow each other: each ends at the latest when the next begins. */
  #collect(run: number): void {
    const { sessions, ports } = this.#ledger;
    let lastAttempt = -1;
    for (let i = ports.first[run]!; i < ports.first[run + 1]!; i++) {
      const row = ports.sessions[i]!;
      const window = this.#windowOf(sessions.start[row]!);
      if (window < 0) continue;
      if ((sessions.facts[row]! & MIDSTREAM) === 0) {
        this.#countAttempt(row, window, lastAttempt);
        lastAttempt = window;
      }
      const next = i + 1 < ports.first[run + 1]! ? sessions.start[ports.sessions[i + 1]!]! : FOREVER;
      this.#countStay(row, window, Number.isNaN(next) ? FOREVER : next);
    }
  }

  #countAttempt(row: number, window: number, lastAttempt: number): void {
    this.#mark(window);
    this.#attempts[window]!++;
    if ((this.#ledger.sessions.facts[row]! & ESTABLISHED) === 0) this.#failed[window]!++;
    if (lastAttempt !== window) this.#distinct[window]!++;
    if (lastAttempt < 0) this.#newPorts[window]!++;
  }

  /** How long the session is open, and then its port in TIME_WAIT; at `next` the port is taken over. */
  #countStay(row: number, window: number, next: number): void {
    const { sessions, heldUntil } = this.#ledger;
    if ((sessions.facts[row]! & (ESTABLISHED | MIDSTREAM)) === 0) return;
    const until = heldUntil[row]!;
    this.#step(this.#opened, window, this.#windowOf(Math.min(until, next)));
    if (!waitsAfterHold(sessions, heldUntil, row) || until >= next) return;
    this.#step(this.#waiting, this.#windowOf(until), this.#windowOf(Math.min(until + this.#timeWaitTime, next)));
  }

  #step(changes: Int32Array, from: number, to: number): void {
    if (from < 0) return;
    changes[from]!++;
    this.#mark(from);
    if (to < 0) return;
    changes[to]!--;
    this.#mark(to);
  }

  #mark(window: number): void {
    this.#changed[window] = 1;
    if (window < this.#low) this.#low = window;
    if (window > this.#high) this.#high = window;
  }

  /** The window of a time, -1 where it has none or lies after the end of the capture. */
  #windowOf(time: number): number {
    if (!(time <= this.#ledger.span.to)) return -1;
    return Math.floor((Math.floor(time / SECOND) - this.#grid.first) / this.#grid.seconds);
  }

  #addUp(target: number, rows: WindowColumns): void {
    let cumulative = 0;
    let open = 0;
    let waiting = 0;
    for (let window = this.#low; window < this.#grid.count; window++) {
      if (window > this.#high && (open + waiting === 0 || !this.#dense)) break;
      cumulative += this.#newPorts[window]!;
      open += this.#opened[window]!;
      waiting += this.#waiting[window]!;
      if (!this.#dense && this.#changed[window] === 0) continue;
      const at = rows.count++;
      rows.target[at] = target;
      rows.start[at] = (this.#grid.first + window * this.#grid.seconds) * SECOND;
      rows.attempts[at] = this.#attempts[window]!;
      rows.distinctLocalPorts[at] = this.#distinct[window]!;
      rows.cumulativeLocalPorts[at] = cumulative;
      rows.openSessions[at] = open;
      rows.timeWait[at] = waiting;
      rows.failed[at] = this.#failed[window]!;
    }
  }

  #forget(): void {
    const to = this.#high + 1;
    for (const column of [this.#attempts, this.#failed, this.#distinct, this.#newPorts, this.#changed]) {
      column.fill(0, this.#low, to);
    }
    this.#opened.fill(0, this.#low, to);
    this.#waiting.fill(0, this.#low, to);
  }
}
