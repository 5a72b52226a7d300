import { SECOND } from '../segment/timeline.ts';
import { CLOSED, MIDSTREAM, type Sessions, stateOf } from '../session/sessions.ts';
import type { RowRange } from './ledger.ts';
import { select } from './selection.ts';

/** Below this many closed sessions a target's own percentile says nothing. */
export const MIN_CLOSED_SESSIONS = 30;

/**
 * Durations in seconds of those of the sessions whose begin and close are both in the capture: by FIN, or by a RST. In no
 * order.
 */
export function closedDurations({ facts, start, closed }: Sessions, { from, to }: RowRange): Float64Array {
  const seconds = new Float64Array(to - from);
  let count = 0;
  for (let row = from; row < to; row++) {
    // CLOSED and RESET are the last of the states.
    if (facts[row]! & MIDSTREAM || stateOf(facts[row]!) < CLOSED) continue;
    const duration = (closed[row]! - start[row]!) / SECOND;
    if (!Number.isNaN(duration)) seconds[count++] = duration;
  }
  return seconds.subarray(0, count);
}

/** The 99th percentile by nearest rank, NaN of none. Changes the order of `values`. */
export function percentile99(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  return select(values, Math.ceil(0.99 * values.length) - 1);
}
