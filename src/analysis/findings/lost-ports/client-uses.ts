import { leavesTimeWait } from '../../ledger/hold.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { timedUses } from '../../ledger/port-uses.ts';
import { SECOND } from '../../segment/timeline.ts';
import { CLOSED, REFUSED, RESET, stateOf } from '../../session/sessions.ts';
import type { Uses } from './uses.ts';

/** The uses with the session row of each. */
export interface ClientUses extends Uses {
  readonly session: Uint32Array;
}

/** The sessions of a client on ports of its pool that have a start. */
export function usesOfClient(ledger: Ledger, client: number): ClientUses {
  const { count, size, session, start, port, target, isDraw } = timedUses(ledger.uses(client));
  const timeWait = ledger.timeWait(client).effectiveSeconds * SECOND;
  const closedAt = new Float64Array(count);
  const freeAt = new Float64Array(count);
  for (let use = 0; use < count; use++) {
    const row = session[use]!;
    const closed = closeOf(ledger, row);
    closedAt[use] = closed;
    freeAt[use] = leavesTimeWait(ledger.sessions.facts[row]!) ? closed + timeWait : closed;
  }
  // Spread, every client's would have a shape of its own in V8, and each loop over it be compiled anew: 40 ms of 340.
  return { count, size, session, start, port, target, isDraw, closedAt, freeAt };
}

/** Infinity where neither both sides nor a RST ended it: its port may be held for other reasons than a loss. */
function closeOf({ sessions, heldUntil }: Ledger, row: number): number {
  const state = stateOf(sessions.facts[row]!);
  const ended = state === CLOSED || state === RESET || state === REFUSED || !Number.isNaN(sessions.closed[row]!);
  return ended ? heldUntil[row]! : Number.POSITIVE_INFINITY;
}
