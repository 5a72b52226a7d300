import { isOver, previousStateBits, side } from './row-facts.ts';
import * as layout from './row-layout.ts';
import type { SessionColumns } from './session-columns.ts';
import * as sessions from './sessions.ts';

const { BOTH_FIN, EITHER_RST, EITHER_SYN, FIN_LEFT, FIN_RIGHT, HANDSHAKE, REPLACED, SYN_LEFT } = layout;
const { CLOSED, HALF_CLOSED_BY_CLIENT, HALF_CLOSED_BY_REMOTE, OPEN, RESET } = sessions;

/**
 * The latest established session of the tuple, seen from its newest row: failed attempts in between do not count, at
 * any distance. `ownSyn` is the SYN bit of the end that opens now: a session that the other end had opened was towards
 * another socket, so nothing of it is used again.
 */
function earlierEstablished(columns: SessionColumns, newest: number, ownSyn: number): number {
  const row = columns.facts(newest) & HANDSHAKE ? newest : columns.previous[newest]!;
  if (row < 0) return -1;
  const otherSyn = EITHER_SYN & ~ownSyn;
  return (columns.facts(row) & (otherSyn | ownSyn)) === otherSyn ? -1 : row;
}

/** State of an established session, with the client at its left or right end. */
export function establishedState(facts: number, clientIsLeft: boolean): number {
  const fins = facts & BOTH_FIN;
  if (fins === BOTH_FIN) return CLOSED;
  if (facts & (EITHER_RST | REPLACED)) return RESET;
  if (fins === 0) return OPEN;
  const closedByClient = fins === (clientIsLeft ? FIN_LEFT : FIN_RIGHT);
  return closedByClient ? HALF_CLOSED_BY_CLIENT : HALF_CLOSED_BY_REMOTE;
}

/** Links a new session to the one it is measured against, which is over from now on; `newest` was the tuple's newest. */
export function follow(columns: SessionColumns, row: number, newest: number, fromLeft: boolean): void {
  const earlier = earlierEstablished(columns, newest, side(fromLeft, SYN_LEFT));
  if (earlier < 0) return;
  columns.previous[row] = earlier;
  const facts = columns.facts(earlier);
  columns.setFacts(row, columns.facts(row) | previousStateBits(establishedState(facts, fromLeft)));
  if (isOver(facts)) return;
  columns.setFacts(earlier, facts | REPLACED);
  columns.closed[earlier] = Number.NaN;
}
