import {
  ACCEPTED,
  answerOf,
  BY_CLIENT,
  BY_NONE,
  CLOSED,
  closerOf,
  previousStateOf,
  RESET,
  type Sessions,
} from '../session/sessions.ts';
import type { Ledger, ReuseRows } from './ledger.ts';

/** Lower edges in seconds of the bins of a gap histogram; the last bin has no upper edge (DOMAIN 4.1, F2). */
export const GAP_EDGES = [0, 1, 30, 60, 120, 240] as const;

export function findReuses(sessions: Sessions, byTime: Uint32Array): ReuseRows {
  const { previous } = sessions;
  const session = byTime.filter((row) => previous[row]! >= 0);
  return { count: session.length, session };
}

/**
 * Seconds from the close of the earlier session to the SYN of this reuse; NaN (null in tables and report) where the
 * row is no reuse, and where the earlier session was not closed or had been replaced already. A capture whose packets
 * change places may have the SYN before the close: no gap is below 0.
 */
export function gapSeconds(sessions: Sessions, row: number): number {
  const earlier = sessions.previous[row]!;
  if (earlier < 0 || !wasClosed(sessions.facts[row]!)) return Number.NaN;
  return Math.max(0, sessions.start[row]! - sessions.closed[earlier]!) / 1e9;
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

/** A reuse that was let through after a close by the client's own FIN: what its TIME_WAIT is read from. */
export function isAcceptedAfterOwnClose(sessions: Sessions, row: number): boolean {
  const facts = sessions.facts[row]!;
  if (sessions.previous[row]! < 0 || answerOf(facts) !== ACCEPTED) return false;
  return previousStateOf(facts) === CLOSED && closerBefore(sessions, row) === BY_CLIENT;
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
  return {
    session,
    gapSeconds: Float64Array.from(session, (row) => gapSeconds(sessions, row)),
    previousState: Uint8Array.from(session, (row) => previousStateOf(sessions.facts[row]!)),
    closedBy: Uint8Array.from(session, (row) => closerBefore(sessions, row)),
    answer: Uint8Array.from(session, (row) => answerOf(sessions.facts[row]!)),
    previous: Uint32Array.from(session, (row) => sessions.previous[row]!),
  };
}
