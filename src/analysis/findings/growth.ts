/** How the number of open sessions of a target moves, for the texts on leaks and for the order of verdicts. */
import type { Ledger, RowRange, Span } from '../ledger/ledger.ts';
import { SECOND } from '../segment/timeline.ts';
import { MIDSTREAM, REPLACED } from '../session/sessions.ts';
import { mannKendall } from './statistics/mann-kendall.ts';
import { theilSen } from './statistics/theil-sen.ts';

export const GROWTH = {
  /** At least eight windows make the test of Mann and Kendall meaningful; more only cost. */
  windows: 16,
  maxChance: 0.01,
  /** A pool that fills within a day is urgent. */
  urgentHours: 24,
} as const;

export interface Growth {
  /** Open and half-closed sessions at the end of the capture. */
  readonly openAtEnd: number;
  readonly slopePerHour: number;
  /** Two-sided chance of such a trend without any. */
  readonly p: number;
  readonly grows: boolean;
  /** Hours from the end of the capture until `usable` ports are held; Infinity where the number does not grow. */
  readonly hoursToFull: number;
}

const HOUR = 3600 * SECOND;

export function growthOf(ledger: Ledger, rows: RowRange, usable: number): Growth {
  const open = openCounts(ledger, rows);
  const { z, p } = mannKendall(open);
  const windowHours = (ledger.span.to - ledger.span.from) / HOUR / GROWTH.windows;
  const slopePerHour = theilSen(open) / windowHours;
  const openAtEnd = open.at(-1)!;
  const grows = z > 0 && p < GROWTH.maxChance && slopePerHour > 0;
  const hoursToFull = grows ? Math.max(0, usable - openAtEnd) / slopePerHour : Number.POSITIVE_INFINITY;
  return { openAtEnd, slopePerHour, p, grows, hoursToFull };
}

/** Sessions that hold their port at the end of each of the equal windows of the capture. */
function openCounts(ledger: Ledger, { from, to }: RowRange): number[] {
  const { heldUntil, before, span } = ledger;
  const { facts, start } = ledger.sessions;
  const windows = new OpenWindows(span);
  for (let row = from; row < to; row++) {
    windows.add(beginOf(ledger, row), heldUntil[row]!, 1);
    const earlier = before[row]!;
    if (earlier < 0 || (facts[earlier]! & REPLACED) === 0 || !(start[row]! < heldUntil[earlier]!)) continue;
    // The earlier one held the port until this one took over the four-tuple.
    windows.add(beginOf(ledger, earlier), heldUntil[earlier]!, -1);
    windows.add(beginOf(ledger, earlier), start[row]!, 1);
  }
  return windows.open();
}

/** A session without a SYN was there before the capture, however late its first packet came. */
function beginOf({ sessions, span }: Ledger, row: number): number {
  return sessions.facts[row]! & MIDSTREAM ? span.from : sessions.start[row]!;
}

/** What changes in each window. */
class OpenWindows {
  readonly #changes = new Float64Array(GROWTH.windows);
  readonly #span: Span;
  readonly #length: number;

  constructor(span: Span) {
    this.#span = span;
    this.#length = (span.to - span.from) / GROWTH.windows;
  }

  /** So many sessions with this begin and end; one that ends after the capture is open in its last window. */
  add(begin: number, end: number, sessions: number): void {
    const begun = this.#windowOf(begin);
    this.#changes[begun]! += sessions;
    if (end <= this.#span.to) this.#changes[Math.max(begun, this.#windowOf(end))]! -= sessions;
  }

  #windowOf(time: number): number {
    const window = Math.floor((time - this.#span.from) / this.#length) || 0;
    return Math.min(GROWTH.windows - 1, Math.max(0, window));
  }

  open(): number[] {
    let open = 0;
    return Array.from(this.#changes, (change) => {
      open += change;
      return open;
    });
  }
}
