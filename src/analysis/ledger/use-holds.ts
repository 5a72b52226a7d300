import { sortByTime } from '../session/order.ts';
import type { Sessions } from '../session/sessions.ts';
import { waitsAfterHold } from './hold.ts';
import type { Span } from './ledger.ts';
import type { Parts } from './parts.ts';
import { type PortUses, timedUses } from './port-uses.ts';
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
type Rest = number;

/** Uses whose hold ends, by the time at which it does. */
export interface Ends {
  readonly use: Uint32Array;
  readonly time: Float64Array;
}

/** Uses of a pool's ports with what a sweep asks of their holds. All of them have a start. */
export interface UseHolds {
  readonly count: number;
  readonly size: number;
  readonly start: Float64Array;
  readonly port: Uint16Array;
  readonly isDraw: Uint8Array;
  /** The part of the group that the session is in; `parts` for none. */
  readonly part: Uint32Array;
  readonly parts: number;
  readonly restBefore: Uint8Array;
  readonly restAfter: Uint8Array;
  /** Holds that end without TIME_WAIT at the client, and with it. */
  readonly released: Ends;
  readonly waiting: Ends;
}

/** In `mark`, beside a rest: the session leaves TIME_WAIT at the client. */
const WAITS = 0x80;

/** `timeWaits` in ns, ascending. */
export function useHolds(columns: SweepColumns, uses: PortUses, parts: Parts, timeWaits: readonly number[]): UseHolds {
  const { count, size, session, start, port, target, isDraw } = timedUses(uses);
  const part = new Uint32Array(count);
  const restBefore = new Uint8Array(count);
  for (let use = 0; use < count; use++) {
    part[use] = parts.count === 0 ? 0 : partOf(parts, target[use]!);
    restBefore[use] = markRest(columns, session[use]!, timeWaits);
  }
  const ends = holdEnds(columns, session);
  return { count, size, start, port, isDraw, part, parts: parts.count, restBefore, ...ends };
}

function partOf({ count, ofTarget, first }: Parts, target: number): number {
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
