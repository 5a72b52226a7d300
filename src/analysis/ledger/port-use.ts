import { sortByTime } from '../session/order.ts';
import { MIDSTREAM, type Sessions } from '../session/sessions.ts';
import { waitsAfterHold } from './hold.ts';
import type { Pool, Span } from './ledger.ts';
import type { Parts } from './parts.ts';
import type { Holders } from './sweep.ts';

/** What the sweeps of one analysis share. */
export interface SweepColumns {
  readonly sessions: Sessions;
  readonly span: Span;
  readonly targetOf: Int32Array;
  /** See `holds`. */
  readonly heldUntil: Float64Array;
  /** See `Ledger.before`. */
  readonly before: Int32Array;
  /** Scratch, by session row. */
  readonly mark: Uint8Array;
  readonly holders: Holders;
}

/**
 * What lies between two sessions of one four-tuple, held against the TIME_WAITs of the sweep (ascending): how many of
 * them were over when the four-tuple was used again. 0 where the next session took the port over before it was free;
 * all of them where no TIME_WAIT stood in between, and where no session follows.
 */
export type Rest = number;

/** Uses whose hold ends, by the time at which it does. */
export interface Ends {
  readonly use: Uint32Array;
  readonly time: Float64Array;
}

/**
 * The sessions of one group that use ports of the pool, numbered by their start: copied side by side, because a sweep
 * for every TIME_WAIT over columns of all sessions takes three times as long.
 */
export interface PortUse {
  readonly count: number;
  readonly start: Float64Array;
  readonly port: Uint16Array;
  /** The part of the group that the session is in; `parts` for none. */
  readonly part: Uint32Array;
  readonly parts: number;
  /** 1 for an attempt, 0 for a midstream session. */
  readonly attempt: Uint8Array;
  readonly restBefore: Uint8Array;
  readonly restAfter: Uint8Array;
  /** Holds that end without TIME_WAIT at the client, and with it. */
  readonly released: Ends;
  readonly waiting: Ends;
}

/** In `mark`, beside a rest: the session leaves TIME_WAIT at the client. */
const WAITS = 0x80;

/** `rows` by start; `timeWaits` in ns, ascending. */
export function portUse(
  columns: SweepColumns,
  rows: Uint32Array,
  pool: Pool,
  parts: Parts,
  timeWaits: readonly number[],
): PortUse {
  const { ports, start: starts, facts } = columns.sessions;
  const used = new Uint32Array(rows.length);
  const start = new Float64Array(rows.length);
  const port = new Uint16Array(rows.length);
  const part = new Uint32Array(rows.length);
  const attempt = new Uint8Array(rows.length);
  const restBefore = new Uint8Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const localPort = ports[row]! >>> 16;
    if (!pool.has(localPort) || Number.isNaN(starts[row]!)) continue;
    used[count] = row;
    start[count] = starts[row]!;
    port[count] = localPort;
    part[count] = partOf(parts, columns.targetOf[row]!);
    attempt[count] = facts[row]! & MIDSTREAM ? 0 : 1;
    restBefore[count++] = markRest(columns, row, timeWaits);
  }
  const ends = holdEnds(columns, used.subarray(0, count));
  return { count, start, port: port.subarray(0, count), part, parts: parts.count, attempt, restBefore, ...ends };
}

function partOf({ count, ofTarget, first }: Parts, target: number): number {
  if (count === 0) return 0;
  const part = ofTarget[target]! - first;
  return part < 0 ? count : part;
}

/**
 * The rest before a session. Notes it in `mark` as the rest after the session before, too; the row's own has no end
 * until a session follows. Whether a session leaves TIME_WAIT stands there as well: to look for it in the columns
 * again is a cache miss for every reuse.
 */
function markRest(columns: SweepColumns, row: number, timeWaits: readonly number[]): Rest {
  const { sessions, heldUntil, before, mark } = columns;
  mark[row] = timeWaits.length | (waitsAfterHold(sessions, heldUntil, row) ? WAITS : 0);
  const earlier = before[row]!;
  if (earlier < 0) return timeWaits.length;
  const waits = mark[earlier]! & WAITS;
  const rest = restOf(sessions.start[row]! - heldUntil[earlier]!, waits !== 0, timeWaits);
  mark[earlier] = rest | waits;
  return rest;
}

/** `gap` from the end of the hold to the next start, in ns. */
function restOf(gap: number, waits: boolean, timeWaits: readonly number[]): Rest {
  if (gap < 0) return 0;
  if (!waits) return timeWaits.length;
  let over = 0;
  while (over < timeWaits.length && gap >= timeWaits[over]!) over++;
  return over;
}

/** Where the next session took the port over, nothing ends. */
function holdEnds({ heldUntil, mark }: SweepColumns, used: Uint32Array) {
  const until = new Float64Array(used.length);
  const restAfter = new Uint8Array(used.length);
  const released = new Uint32Array(used.length);
  const waiting = new Uint32Array(used.length);
  let releases = 0;
  let waits = 0;
  for (let use = 0; use < used.length; use++) {
    const row = used[use]!;
    const rest = mark[row]! & ~WAITS;
    until[use] = heldUntil[row]!;
    restAfter[use] = rest;
    if (rest === 0 || until[use] === Number.POSITIVE_INFINITY) continue;
    if (mark[row]! & WAITS) waiting[waits++] = use;
    else released[releases++] = use;
  }
  return {
    restAfter,
    released: endsByTime(released.subarray(0, releases), until),
    waiting: endsByTime(waiting.subarray(0, waits), until),
  };
}

function endsByTime(use: Uint32Array, until: Float64Array): Ends {
  sortByTime(use, until);
  const time = new Float64Array(use.length);
  for (let at = 0; at < use.length; at++) time[at] = until[use[at]!]!;
  return { use, time };
}
