import { SECOND } from '../segment/timeline.ts';
import {
  BY_CLIENT,
  CLOSED,
  closerOf,
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  HALF_OPEN,
  MIDSTREAM,
  OPEN,
  REFUSED,
  RESET,
  type Sessions,
  stateOf,
} from '../session/sessions.ts';

/** Windows waits 3, 6 and 12 s for an answer before connect() fails and the port is free again. */
const CONNECT_TIMEOUT = 21 * SECOND;
/** A clock that is too coarse, or steps back, would make a session that never was; 64 ns is what times can resolve. */
const SHORTEST_HOLD = 1000;

/**
 * Until when each session holds its local port, TIME_WAIT after it not counted, in nanoseconds; Infinity while it
 * holds it at the end, NaN without a time. A later session on the four-tuple takes the port over before that.
 */
export function holds(sessions: Sessions): Float64Array {
  const until = new Float64Array(sessions.count);
  for (let row = 0; row < sessions.count; row++) {
    until[row] = Math.max(releaseTime(sessions, row), sessions.start[row]! + SHORTEST_HOLD);
  }
  return until;
}

function releaseTime(sessions: Sessions, row: number): number {
  const closed = sessions.closed[row]!;
  switch (endStateOf(sessions.facts[row]!)) {
    case CLOSED:
      return closed;
    case RESET:
      // Replaced by a new SYN: that session takes the port over.
      return Number.isNaN(closed) ? Number.POSITIVE_INFINITY : closed;
    case OPEN:
    case HALF_CLOSED_BY_CLIENT:
    case HALF_CLOSED_BY_REMOTE:
      return Number.POSITIVE_INFINITY;
    case REFUSED:
      return Number.isNaN(closed) ? sessions.end[row]! : closed;
    case HALF_OPEN:
      return Number.isNaN(closed) ? givenUp(sessions, row) : closed;
    default:
      return givenUp(sessions, row);
  }
}

function givenUp(sessions: Sessions, row: number): number {
  return Math.max(sessions.end[row]!, sessions.start[row]! + CONNECT_TIMEOUT);
}

/** State at the end; a midstream session is at least open, whatever its first packet was. */
export function endStateOf(facts: number): number {
  const state = stateOf(facts);
  return state < OPEN && facts & (ESTABLISHED | MIDSTREAM) ? OPEN : state;
}

/** Only the side that closed first keeps TIME_WAIT; after a RST nobody does (RFC 9293 section 3.6). */
export function leavesTimeWait(facts: number): boolean {
  return stateOf(facts) === CLOSED && closerOf(facts) === BY_CLIENT;
}

/**
 * Whether the session leaves its port in TIME_WAIT at the client when its hold ends. A close before the start is a
 * clock that stepped back: nothing is known of its TIME_WAIT then.
 */
export function waitsAfterHold({ facts, closed }: Sessions, heldUntil: Float64Array, row: number): boolean {
  return leavesTimeWait(facts[row]!) && heldUntil[row] === closed[row];
}
