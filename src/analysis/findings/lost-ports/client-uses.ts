import { leavesTimeWait } from '../../ledger/hold.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { CLOSED, MIDSTREAM, REFUSED, RESET, stateOf } from '../../session/sessions.ts';
import type { Uses } from './uses.ts';

/** The uses with the session row of each. */
export interface ClientUses extends Uses {
  readonly session: Uint32Array;
}

/** The sessions of a client on ports of its pool. */
export function usesOfClient(ledger: Ledger, client: number): ClientUses {
  const { sessions, clients, targetOf } = ledger;
  const pool = ledger.pool(client);
  const timeWait = ledger.timeWait(client).effectiveSeconds * 1e9;
  const all = clients.sessions.subarray(clients.first[client]!, clients.first[client + 1]!);
  const session = all.filter((row) => pool.has(sessions.ports[row]! >>> 16) && !Number.isNaN(sessions.start[row]!));
  const closedAt = Float64Array.from(session, (row) => closeOf(ledger, row));
  return {
    count: session.length,
    size: pool.size,
    session,
    port: Uint16Array.from(session, (row) => (sessions.ports[row]! >>> 16) - pool.first),
    start: Float64Array.from(session, (row) => sessions.start[row]!),
    closedAt,
    freeAt: closedAt.map((time, use) => (leavesTimeWait(sessions.facts[session[use]!]!) ? time + timeWait : time)),
    target: Uint32Array.from(session, (row) => targetOf[row]!),
    isDraw: Uint8Array.from(session, (row) => (sessions.facts[row]! & MIDSTREAM ? 0 : 1)),
  };
}

/** Infinity where neither both sides nor a RST ended it: its port may be held for other reasons than a loss. */
function closeOf({ sessions, heldUntil }: Ledger, row: number): number {
  const state = stateOf(sessions.facts[row]!);
  const ended = state === CLOSED || state === RESET || state === REFUSED || !Number.isNaN(sessions.closed[row]!);
  return ended ? heldUntil[row]! : Number.POSITIVE_INFINITY;
}
