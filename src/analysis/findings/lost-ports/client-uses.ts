import { leavesTimeWait } from '../../ledger/hold.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { clientRowsByStart } from '../../ledger/rows.ts';
import { CLOSED, MIDSTREAM, REFUSED, RESET, stateOf } from '../../session/sessions.ts';
import type { Uses } from './uses.ts';

/** The uses with the session row of each. */
export interface ClientUses extends Uses {
  readonly session: Uint32Array;
}

/** The sessions of a client on ports of its pool. Plain loops: a million sessions cost a tenth of what mapping them does. */
export function usesOfClient(ledger: Ledger, client: number): ClientUses {
  const { sessions, targetOf } = ledger;
  const pool = ledger.pool(client);
  const timeWait = ledger.timeWait(client).effectiveSeconds * 1e9;
  const all = clientRowsByStart(ledger, client);
  const uses = emptyUses(all.length, pool.size);
  let count = 0;
  for (const row of all) {
    const localPort = sessions.ports[row]! >>> 16;
    const start = sessions.start[row]!;
    if (!pool.has(localPort) || Number.isNaN(start)) continue;
    const facts = sessions.facts[row]!;
    const closed = closeOf(ledger, row);
    uses.session[count] = row;
    uses.port[count] = localPort - pool.first;
    uses.start[count] = start;
    uses.closedAt[count] = closed;
    uses.freeAt[count] = leavesTimeWait(facts) ? closed + timeWait : closed;
    uses.target[count] = targetOf[row]!;
    uses.isDraw[count] = facts & MIDSTREAM ? 0 : 1;
    count++;
  }
  return cutTo(uses, count);
}

function cutTo(uses: ClientUses, count: number): ClientUses {
  return {
    count,
    size: uses.size,
    session: uses.session.subarray(0, count),
    port: uses.port.subarray(0, count),
    start: uses.start.subarray(0, count),
    closedAt: uses.closedAt.subarray(0, count),
    freeAt: uses.freeAt.subarray(0, count),
    target: uses.target.subarray(0, count),
    isDraw: uses.isDraw.subarray(0, count),
  };
}

function emptyUses(room: number, size: number): ClientUses {
  return {
    count: 0,
    size,
    session: new Uint32Array(room),
    port: new Uint16Array(room),
    start: new Float64Array(room),
    closedAt: new Float64Array(room),
    freeAt: new Float64Array(room),
    target: new Uint32Array(room),
    isDraw: new Uint8Array(room),
  };
}

/** Infinity where neither both sides nor a RST ended it: its port may be held for other reasons than a loss. */
function closeOf({ sessions, heldUntil }: Ledger, row: number): number {
  const state = stateOf(sessions.facts[row]!);
  const ended = state === CLOSED || state === RESET || state === REFUSED || !Number.isNaN(sessions.closed[row]!);
  return ended ? heldUntil[row]! : Number.POSITIVE_INFINITY;
}
