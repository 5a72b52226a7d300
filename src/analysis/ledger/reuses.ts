import { answerOf, BY_NONE, CLOSED, closerOf, previousStateOf, RESET, type Sessions } from '../session/sessions.ts';
import type { Ledger, ReuseRows } from './ledger.ts';

/** Lower edges in seconds of the bins of a gap histogram; the last bin has no upper edge (DOMAIN 4.1, F2). */
export const GAP_EDGES = [0, 1, 30, 60, 120, 240] as const;

export function findReuses({ previous, facts, start, closed, count }: Sessions, byTime: Uint32Array): ReuseRows {
  let reuses = 0;
  for (let row = 0; row < count; row++) if (previous[row]! >= 0) reuses++;
  const session = new Uint32Array(reuses);
  const gaps = new Float64Array(reuses);
  const closedBy = new Uint8Array(reuses);
  let at = 0;
  for (let place = 0; at < reuses; place++) {
    const row = byTime[place]!;
    const earlier = previous[row]!;
    if (earlier < 0) continue;
    const isOver = wasClosed(facts[row]!);
    session[at] = row;
    gaps[at] = isOver ? secondsBetween(closed[earlier]!, start[row]!) : Number.NaN;
    closedBy[at++] = isOver ? closerOf(facts[earlier]!) : BY_NONE;
  }
  return { count: reuses, session, gapSeconds: gaps, closedBy };
}

/**
 * Seconds from the close of the earlier session to the SYN of this reuse; NaN (null in tables and report) where the
 * row is no reuse, and where the earlier session was not closed or had been replaced already.
 */
export function gapSeconds({ previous, facts, start, closed }: Sessions, row: number): number {
  const earlier = previous[row]!;
  if (earlier < 0 || !wasClosed(facts[row]!)) return Number.NaN;
  return secondsBetween(closed[earlier]!, start[row]!);
}

/** A capture whose packets change places may have the SYN before the close: no gap is below 0. */
function secondsBetween(close: number, syn: number): number {
  return syn < close ? 0 : (syn - close) / 1e9;
}

function wasClosed(facts: number): boolean {
  const state = previousStateOf(facts);
  return state === CLOSED || state === RESET;
}

/** Who had closed the earlier session when the SYN came: an index in `CLOSERS`. Meaningful for reuses. */
export function closerBefore(sessions: Sessions, row: number): number {
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

/** Rows `from` up to `to` of the table `reuses`. */
export function reuseColumns({ sessions, reuses }: Ledger, from: number, to: number): ReuseColumns {
  const session = reuses.session.subarray(from, to);
  const previousState = new Uint8Array(session.length);
  const answer = new Uint8Array(session.length);
  const previous = new Uint32Array(session.length);
  for (let at = 0; at < session.length; at++) {
    const row = session[at]!;
    previousState[at] = previousStateOf(sessions.facts[row]!);
    answer[at] = answerOf(sessions.facts[row]!);
    previous[at] = sessions.previous[row]!;
  }
  return {
    session,
    gapSeconds: reuses.gapSeconds.subarray(from, to),
    previousState,
    closedBy: reuses.closedBy.subarray(from, to),
    answer,
    previous,
  };
}
