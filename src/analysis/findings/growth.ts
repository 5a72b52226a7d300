/** How the number of open sessions of a target moves, for F3's text and for the order of verdicts. */
import type { Ledger } from '../ledger/ledger.ts';
import { MIDSTREAM, REPLACED } from '../session/sessions.ts';
import { mannKendall } from './statistics/mann-kendall.ts';
import { theilSen } from './statistics/theil-sen.ts';

export const GROWTH = {
  /** At least eight windows make the test of Mann and Kendall meaningful; more only cost. */
  windows: 16,
  maxChance: 0.01,
  /** A pool that fills within a day is urgent (DOMAIN 4.2). */
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

const HOUR = 3600e9;
const FOREVER = Number.POSITIVE_INFINITY;

export function growthOf(ledger: Ledger, rows: Uint32Array, usable: number): Growth {
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
function openCounts(ledger: Ledger, rows: Uint32Array): number[] {
  const { from, to } = ledger.span;
  const { heldUntil } = ledger;
  const { facts } = ledger.sessions;
  const length = (to - from) / GROWTH.windows;
  const changes = new Float64Array(GROWTH.windows);
  const takenOver = takeovers(ledger, rows);
  for (const row of rows) {
    const begun = windowOf(beginOf(ledger, row) - from, length);
    const ended = facts[row]! & REPLACED ? Math.min(heldUntil[row]!, takenOver.get(row) ?? FOREVER) : heldUntil[row]!;
    changes[begun]!++;
    if (ended <= to) changes[Math.max(begun, windowOf(ended - from, length))]!--;
  }
  let open = 0;
  return Array.from(changes, (change) => {
    open += change;
    return open;
  });
}

/** A session without a SYN was there before the capture, however late its first packet came. */
function beginOf({ sessions, span }: Ledger, row: number): number {
  return sessions.facts[row]! & MIDSTREAM ? span.from : sessions.start[row]!;
}

/** When the session after it took over the four-tuple of each that had not ended. */
function takeovers({ sessions, before }: Ledger, rows: Uint32Array): Map<number, number> {
  const taken = new Map<number, number>();
  for (const row of rows) {
    const earlier = before[row]!;
    if (earlier >= 0 && sessions.facts[earlier]! & REPLACED) taken.set(earlier, sessions.start[row]!);
  }
  return taken;
}

function windowOf(sinceStart: number, length: number): number {
  return Math.min(GROWTH.windows - 1, Math.max(0, Math.floor(sinceStart / length) || 0));
}
