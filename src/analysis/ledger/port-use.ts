import type { Sessions } from '../session/sessions.ts';
import { leavesTimeWait } from './hold.ts';
import type { Pool, Span } from './ledger.ts';
import { sortByTime } from './order.ts';

/** What the sweeps of one analysis share. */
export interface SweepColumns {
  readonly sessions: Sessions;
  readonly span: Span;
  /** See `holds`. */
  readonly heldUntil: Float64Array;
  /** See `Ledger.before`. */
  readonly before: Int32Array;
  /** Scratch, by session row: its number among the uses of the group at hand. */
  readonly useOf: Uint32Array;
  /** Scratch, by local port; zero between two sweeps. */
  readonly holders: Uint32Array;
}

/**
 * The sessions of one group that use ports of the pool, numbered from 0 by their start: copied side by side, because a
 * sweep per TIME_WAIT over columns of all sessions takes three times as long.
 */
export interface PortUse {
  readonly count: number;
  readonly row: Uint32Array;
  readonly port: Uint16Array;
  readonly start: Float64Array;
  /** The use before on the same four-tuple, -1 for none. */
  readonly before: Int32Array;
  /** Uses that free their port without TIME_WAIT, by the time they do. */
  readonly released: Uint32Array;
  readonly releasedAt: Float64Array;
  /** Uses that leave TIME_WAIT at the client, by the time of their close. */
  readonly waiting: Uint32Array;
  readonly waitingFrom: Float64Array;
}

/** `rows` by start. */
export function portUse(columns: SweepColumns, rows: Uint32Array, pool: Pool): PortUse {
  const { sessions, heldUntil, useOf } = columns;
  const used = usedRows(sessions, rows, pool);
  const count = used.length;
  const port = new Uint16Array(count);
  const start = new Float64Array(count);
  const before = new Int32Array(count);
  const released = new Uint32Array(count);
  const waiting = new Uint32Array(count);
  let releases = 0;
  let waits = 0;
  for (let use = 0; use < count; use++) {
    const row = used[use]!;
    useOf[row] = use;
    port[use] = sessions.ports[row]! >>> 16;
    start[use] = sessions.start[row]!;
    before[use] = useBefore(columns, used, row);
    if (heldUntil[row] === Number.POSITIVE_INFINITY) continue;
    if (waitsAfter(columns, row)) waiting[waits++] = row;
    else released[releases++] = row;
  }
  const ends = { released: released.subarray(0, releases), waiting: waiting.subarray(0, waits) };
  const releasedAt = endTimes(ends.released, columns);
  const waitingFrom = endTimes(ends.waiting, columns);
  return { count, row: used, port, start, before, ...ends, releasedAt, waitingFrom };
}

function usedRows({ ports, start }: Sessions, rows: Uint32Array, pool: Pool): Uint32Array {
  const used = new Uint32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    if (pool.has(ports[row]! >>> 16) && !Number.isNaN(start[row]!)) used[count++] = row;
  }
  return used.subarray(0, count);
}

/** The row before on the four-tuple has been numbered already, unless it has no time. */
function useBefore({ before, useOf }: SweepColumns, used: Uint32Array, row: number): number {
  const earlier = before[row]!;
  if (earlier < 0) return -1;
  return used[useOf[earlier]!] === earlier ? useOf[earlier]! : -1;
}

/** A close before the start is a clock that stepped back: nothing is known of its TIME_WAIT. */
function waitsAfter({ sessions, heldUntil }: SweepColumns, row: number): boolean {
  return leavesTimeWait(sessions.facts[row]!) && heldUntil[row] === sessions.closed[row];
}

/** Sorts session rows by the end of their hold, and turns them into uses. Returns the times. */
function endTimes(rows: Uint32Array, { heldUntil, useOf }: SweepColumns): Float64Array {
  sortByTime(rows, heldUntil);
  const times = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    times[i] = heldUntil[rows[i]!]!;
    rows[i] = useOf[rows[i]!]!;
  }
  return times;
}
