import { SECOND } from '../segment/timeline.ts';
import { mayStepBetween } from '../session/clock-steps.ts';
import { timeOrder } from '../session/order.ts';
import {
  answerOf,
  BY_NONE,
  CLOSED,
  closerOf,
  previousStateOf,
  RESET,
  type Sessions,
  type TargetGroups,
} from '../session/sessions.ts';
import type { Ledger, ReuseRows } from './ledger.ts';

/** Lower edges in seconds of the bins of a gap histogram; the last bin has no upper edge. */
export const GAP_EDGES = [0, 1, 30, 60, 120, 240] as const;

export function findReuses(sessions: Sessions): ReuseRows {
  const { previous, count } = sessions;
  let reuses = 0;
  for (let row = 0; row < count; row++) if (previous[row]! >= 0) reuses++;
  const session = new Uint32Array(reuses);
  const gaps = new Float64Array(reuses);
  const closedBy = new Uint8Array(reuses);
  let at = 0;
  for (let row = 0; at < reuses; row++) {
    if (previous[row]! < 0) continue;
    session[at] = row;
    gaps[at] = gapSeconds(sessions, row);
    closedBy[at++] = closerBefore(sessions, row);
  }
  const firstOfTarget = firstReuses(session, sessions.groups.targets);
  return { count: reuses, firstOfTarget, session, gapSeconds: gaps, closedBy };
}

/** Of each target, from its rows on. */
function firstReuses(session: Uint32Array, { first, count }: TargetGroups): Uint32Array {
  const firstOfTarget = new Uint32Array(count + 1);
  let at = 0;
  for (let target = 0; target <= count; target++) {
    while (at < session.length && session[at]! < first[target]!) at++;
    firstOfTarget[target] = at;
  }
  return firstOfTarget;
}

/**
 * Seconds from the close of the earlier session to the SYN of this reuse; NaN (null in tables and report) where the
 * row is no reuse, where the earlier session was not closed or had been replaced already, and where the clock of the
 * capture may have been set back meanwhile.
 */
export function gapSeconds(sessions: Sessions, row: number): number {
  const earlier = sessions.previous[row]!;
  if (earlier < 0 || !wasClosed(sessions.facts[row]!)) return Number.NaN;
  const close = sessions.closed[earlier]!;
  const syn = sessions.start[row]!;
  if (mayStepBetween(sessions.clockSteps, close, syn)) return Number.NaN;
  return secondsBetween(close, syn);
}

/**
 * The attempt has the ISN of the session before it: no stack chooses it again (RFC 6528), so it is rather the same attempt
 * as another place of the network saw it, with another clock.
 */
export function repeatsIsn({ previous, isn }: Sessions, row: number): boolean {
  return previous[row]! >= 0 && isn[row] === isn[previous[row]!];
}

/** A capture whose packets change places may have the SYN before the close: no gap is below 0. */
function secondsBetween(close: number, syn: number): number {
  return syn < close ? 0 : (syn - close) / SECOND;
}

function wasClosed(facts: number): boolean {
  const state = previousStateOf(facts);
  return state === CLOSED || state === RESET;
}

/** Who had closed the earlier session when the SYN came: an index in `CLOSERS`. Meaningful for reuses. */
function closerBefore(sessions: Sessions, row: number): number {
  if (!wasClosed(sessions.facts[row]!)) return BY_NONE;
  return closerOf(sessions.facts[sessions.previous[row]!]!);
}

/** Index of the bin of `GAP_EDGES` that a gap falls into. */
export function gapBin(gap: number): number {
  let bin = GAP_EDGES.length - 1;
  while (bin > 0 && gap < GAP_EDGES[bin]!) bin--;
  return bin;
}

/** The columns of the table `reuses` that are not those of the session in `session`. */
export interface ReuseColumns {
  readonly session: Uint32Array;
  /** NaN stands for null. */
  readonly gapSeconds: Float64Array;
  /** Index in `STATES`. */
  readonly previousState: Uint8Array;
  /** Index in `CLOSERS`. */
  readonly closedBy: Uint8Array;
  /** Index in `ANSWERS`. */
  readonly answer: Uint8Array;
  /** Session row of the earlier session. */
  readonly previous: Uint32Array;
}

/** Rows of `ReuseRows` in the order of the table: by the time of the SYN. */
export function reusesByTime({ sessions, reuses }: Ledger): Uint32Array {
  return timeOrder(
    Float64Array.from(reuses.session, (row) => sessions.start[row]!),
    reuses.count,
  );
}

/** The table's columns of these rows of `ReuseRows`. */
export function reuseColumns({ sessions, reuses }: Ledger, rows: Uint32Array): ReuseColumns {
  const session = rows.map((at) => reuses.session[at]!);
  return {
    session,
    gapSeconds: Float64Array.from(rows, (at) => reuses.gapSeconds[at]!),
    previousState: Uint8Array.from(session, (row) => previousStateOf(sessions.facts[row]!)),
    closedBy: Uint8Array.from(rows, (at) => reuses.closedBy[at]!),
    answer: Uint8Array.from(session, (row) => answerOf(sessions.facts[row]!)),
    previous: session.map((row) => sessions.previous[row]!),
  };
}
