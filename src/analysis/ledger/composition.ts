import { PORTS } from '../segment/segment.ts';
import { SECOND } from '../segment/timeline.ts';
import {
  ESTABLISHED,
  HALF_CLOSED_BY_CLIENT,
  HALF_CLOSED_BY_REMOTE,
  MIDSTREAM,
  type Sessions,
} from '../session/sessions.ts';
import { endStateOf, waitsAfterHold } from './hold.ts';
import type { Pool } from './ledger.ts';
import type { SweepColumns } from './use-holds.ts';

// What holds a port; where several sessions do, the highest counts.
const NOTHING = 0;
const TIME_WAIT = 1;
const PENDING = 2;
const HALF_CLOSED = 3;
const OPEN = 4;

/** How many busy ports were in what, each port once. */
export interface PortStates {
  readonly open: number;
  readonly halfClosed: number;
  readonly pending: number;
  readonly timeWait: number;
}

/** What sessions `rows` (by start) kept ports of the pool in at `moment`. */
export function composition(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  moment: number,
  timeWaitSeconds: number,
): PortStates {
  const { sessions } = columns;
  const holders = columns.holders.for(PORTS);
  const counts = new Int32Array(OPEN + 1);
  const begun = begunRows(columns, rows, moment);
  for (let at = 0; at < begun.length; at++) {
    const row = begun[at]!;
    const port = sessions.ports[row]! >>> 16;
    if (columns.mark[row] === 0 || !pool.has(port)) continue;
    const held = heldBy(columns, row, moment, Math.round(timeWaitSeconds * SECOND));
    if (held <= holders[port]!) continue;
    counts[holders[port]!]!--;
    counts[held]!++;
    holders[port] = held;
  }
  holders.fill(NOTHING);
  return {
    open: counts[OPEN]!,
    halfClosed: counts[HALF_CLOSED]!,
    pending: counts[PENDING]!,
    timeWait: counts[TIME_WAIT]!,
  };
}

/** Rows begun by `moment`; `mark` is 1 for those whose four-tuple was not used again by then. */
function begunRows({ sessions, before, mark }: SweepColumns, rows: Uint32Array, moment: number): Uint32Array {
  let begun = 0;
  for (; begun < rows.length && sessions.start[rows[begun]!]! <= moment; begun++) {
    const row = rows[begun]!;
    mark[row] = 1;
    if (before[row]! >= 0) mark[before[row]!] = 0;
  }
  return rows.subarray(0, begun);
}

/**
 * What the session's port is in. When the first FIN of a closed session came is not kept, so it counts as open up to
 * its close; that time is short where both sides close.
 */
function heldBy(columns: SweepColumns, row: number, moment: number, timeWait: number): number {
  const { sessions, heldUntil } = columns;
  const until = heldUntil[row]!;
  if (moment >= until)
    return waitsAfterHold(sessions, heldUntil, row) && moment < until + timeWait ? TIME_WAIT : NOTHING;
  if ((sessions.facts[row]! & (ESTABLISHED | MIDSTREAM)) === 0) return PENDING;
  return isHalfClosedAt(sessions, row, moment) ? HALF_CLOSED : OPEN;
}

function isHalfClosedAt(sessions: Sessions, row: number, moment: number): boolean {
  const state = endStateOf(sessions.facts[row]!);
  return (state === HALF_CLOSED_BY_CLIENT || state === HALF_CLOSED_BY_REMOTE) && sessions.closed[row]! <= moment;
}
