import { CLOSED, MIDSTREAM, type Sessions, stateOf } from '../session/sessions.ts';

/** Below this many closed sessions a target's own percentile says nothing (DOMAIN 4.0). */
export const MIN_CLOSED_SESSIONS = 30;

/**
 * Durations in seconds of the sessions among `rows` whose begin and close are both in the capture: by FIN, or by a
 * RST. In no order.
 */
export function closedDurations({ facts, start, closed }: Sessions, rows: Uint32Array): Float64Array {
  const seconds = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    // CLOSED and RESET are the last of the states.
    if (facts[row]! & MIDSTREAM || stateOf(facts[row]!) < CLOSED) continue;
    const duration = (closed[row]! - start[row]!) / 1e9;
    if (!Number.isNaN(duration)) seconds[count++] = duration;
  }
  return seconds.subarray(0, count);
}

/** The 99th percentile by nearest rank, NaN of none. Changes the order of `values`. */
export function percentile99(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  return select(values, Math.ceil(0.99 * values.length) - 1);
}

/** The value of rank `rank` (from 0), by Hoare's selection: a tenth of the time of a sort. */
function select(values: Float64Array, rank: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1]!;
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else return values[rank]!;
  }
  return values[low]!;
}
