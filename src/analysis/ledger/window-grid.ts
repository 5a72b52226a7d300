import { SECOND } from '../segment/timeline.ts';
import type { Ledger } from './ledger.ts';

const SHORTEST_WINDOW_SECONDS = 60;
export const MAX_WINDOWS = 1500;
/** Above so many rows a target's windows in which nothing changes are left out. */
export const MAX_DENSE_ROWS = 1_000_000;

/** The windows of one analysis: window `w` begins at `first + w * seconds`, a multiple of `seconds` since the epoch. */
export interface WindowGrid {
  /** Length of a window. */
  readonly seconds: number;
  /** Start of the first window in seconds since `Timeline.baseSeconds`. */
  readonly first: number;
  readonly count: number;
}

/**
 * Rows of the table `windows`, target by target and then by time. A target has a row for every window from its first
 * session up to the last in which it has an attempt, an open session or a port in TIME_WAIT. Where all targets in all
 * windows would exceed `MAX_DENSE_ROWS`, rows in which nothing changed are left out: the row before still holds.
 */
export interface WindowColumns {
  count: number;
  /** Row in `Targets`. */
  readonly target: Uint32Array;
  /** Nanoseconds since `Timeline.baseSeconds`. */
  readonly start: Float64Array;
  /** Attempts begun in the window, their distinct local ports, and those of all attempts up to the window's end. */
  readonly attempts: Uint32Array;
  readonly distinctLocalPorts: Uint32Array;
  readonly cumulativeLocalPorts: Uint32Array;
  /** Sessions open or half-closed at the window's end, or at the capture's end if that comes first. */
  readonly openSessions: Uint32Array;
  /** Local ports in TIME_WAIT at the client then, with the given TIME_WAIT. */
  readonly timeWait: Uint32Array;
  /** Of `attempts`, those that never became established. */
  readonly failed: Uint32Array;
}

/** The windows that the captures need: as few doublings as fit `MAX_WINDOWS`. No windows without any time. */
export function windowGrid({ span, timeline }: Pick<Ledger, 'span' | 'timeline'>): WindowGrid {
  if (Number.isNaN(span.from)) return { seconds: SHORTEST_WINDOW_SECONDS, first: 0, count: 0 };
  const from = timeline.baseSeconds + Math.floor(span.from / SECOND);
  const to = timeline.baseSeconds + Math.floor(span.to / SECOND);
  let seconds = SHORTEST_WINDOW_SECONDS;
  while (Math.floor(to / seconds) - Math.floor(from / seconds) >= MAX_WINDOWS) seconds *= 2;
  const first = Math.floor(from / seconds);
  return { seconds, first: first * seconds - timeline.baseSeconds, count: Math.floor(to / seconds) - first + 1 };
}
