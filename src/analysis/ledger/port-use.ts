import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import { leavesTimeWait } from './hold.ts';
import type { Pool, Span } from './ledger.ts';
import { sortByTime } from './order.ts';
import type { Parts } from './parts.ts';

/** In `mark`, beside a rest: the session leaves TIME_WAIT at the client. */
const WAITS = 0x80;

/** What the sweeps of one analysis share. */
export interface SweepColumns {
  readonly sessions: Sessions;
  readonly span: Span;
  /** See `holds`. */
  readonly heldUntil: Float64Array;
  /** See `Ledger.before`. */
  readonly before: Int32Array;
  /** Scratch, by session row. */
  readonly mark: Uint8Array;
  /** Scratch, by local port; zero between two sweeps. */
  readonly holders: Uint32Array;
}

/**
 * How a use of a port begins or ends, held against the TIME_WAITs of the sweep (ascending): how many of them were over
 * when the four-tuple was used again. 0 where the next session took the port over before it was free; all of them
 * where no TIME_WAIT stood in between.
 */
export type Rest = number;

/** A moment at which ports become free, TIME_WAIT aside: column by column, by time. */
export interface PortEnds {
  readonly count: number;
  readonly time: Float64Array;
  readonly port: Uint16Array;
  readonly part: Uint32Array;
  /** Rest between this end and the next start on the four-tuple. */
  readonly rest: Uint8Array;
}

/**
 * The sessions of one group that use ports of the pool, by start: copied side by side, because a sweep for every
 * TIME_WAIT over columns of all sessions takes three times as long.
 */
export interface PortUse {
  readonly count: number;
  readonly start: Float64Array;
  readonly port: Uint16Array;
  /** The part of the group that the session is in; `parts` for none. */
  readonly part: Uint32Array;
  readonly parts: number;
  /** Rest between the use before on the four-tuple and this one. */
  readonly rest: Uint8Array;
  /** 1 for an attempt, 0 for a midstream session. */
  readonly attempt: Uint8Array;
  /** Ends without TIME_WAIT at the client, and those with. */
  readonly released: PortEnds;
  readonly waiting: PortEnds;
}

/** `rows` by start; `timeWaits` in ns, ascending. */
export function portUse(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  parts: Parts,
  timeWaits: readonly number[],
): PortUse {
  const used = usedRows(columns.sessions, rows, pool);
  const { ports, start: starts, facts } = columns.sessions;
  const start = new Float64Array(used.length);
  const port = new Uint16Array(used.length);
  const part = new Uint32Array(used.length);
  const rest = new Uint8Array(used.length);
  const attempt = new Uint8Array(used.length);
  for (let at = 0; at < used.length; at++) {
    const row = used[at]!;
    start[at] = starts[row]!;
    port[at] = ports[row]! >>> 16;
    part[at] = parts.of(row);
    rest[at] = restBefore(columns, row, timeWaits);
    attempt[at] = facts[row]! & MIDSTREAM ? 0 : 1;
  }
  const ends = portEnds(columns, used, parts);
  return { count: used.length, start, port, part, parts: parts.count, rest, attempt, ...ends };
}

function usedRows({ ports, start }: Sessions, rows: Uint32Array, pool: Pool): Uint32Array {
  const used = new Uint32Array(rows.length);
  let count = 0;
  for (const row of rows) {
    if (pool.has(ports[row]! >>> 16) && !Number.isNaN(start[row]!)) used[count++] = row;
  }
  return used.subarray(0, count);
}

/**
 * Notes in `mark` the rest after the session before; until a session follows, a row's own rest has no end. Whether it
 * leaves TIME_WAIT stands there, too: to look for it in the columns again is a cache miss for every reuse.
 */
function restBefore(columns: SweepColumns, row: number, timeWaits: readonly number[]): Rest {
  const { before, mark } = columns;
  mark[row] = timeWaits.length | (waitsAfter(columns, row) ? WAITS : 0);
  const earlier = before[row]!;
  if (earlier < 0) return timeWaits.length;
  const waits = mark[earlier]! & WAITS;
  const rest = restAfter(columns.sessions.start[row]! - columns.heldUntil[earlier]!, waits !== 0, timeWaits);
  mark[earlier] = rest | waits;
  return rest;
}

/** `gap` from the end of the hold to the next start, in ns. */
function restAfter(gap: number, waits: boolean, timeWaits: readonly number[]): Rest {
  if (gap < 0) return 0;
  if (!waits) return timeWaits.length;
  let over = 0;
  while (over < timeWaits.length && gap >= timeWaits[over]!) over++;
  return over;
}

/** A close before the start is a clock that stepped back: nothing is known of its TIME_WAIT. */
export function waitsAfter({ sessions, heldUntil }: SweepColumns, row: number): boolean {
  return leavesTimeWait(sessions.facts[row]!) && heldUntil[row] === sessions.closed[row];
}

/** Where the next session took the port over, nothing ends. */
function portEnds(columns: SweepColumns, used: Uint32Array, parts: Parts) {
  const { heldUntil, mark } = columns;
  const released = new Uint32Array(used.length);
  const waiting = new Uint32Array(used.length);
  let releases = 0;
  let waits = 0;
  for (const row of used) {
    if (heldUntil[row] === Number.POSITIVE_INFINITY || (mark[row]! & ~WAITS) === 0) continue;
    if (mark[row]! & WAITS) waiting[waits++] = row;
    else released[releases++] = row;
  }
  return {
    released: endColumns(columns, released.subarray(0, releases), parts),
    waiting: endColumns(columns, waiting.subarray(0, waits), parts),
  };
}

function endColumns({ sessions, heldUntil, mark }: SweepColumns, rows: Uint32Array, parts: Parts): PortEnds {
  sortByTime(rows, heldUntil);
  const count = rows.length;
  const time = new Float64Array(count);
  const port = new Uint16Array(count);
  const part = new Uint32Array(count);
  const rest = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    time[at] = heldUntil[row]!;
    port[at] = sessions.ports[row]! >>> 16;
    part[at] = parts.of(row);
    rest[at] = mark[row]! & ~WAITS;
  }
  return { count, time, port, part, rest };
}
