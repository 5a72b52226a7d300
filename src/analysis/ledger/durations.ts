import { CLOSED, MIDSTREAM, RESET, type Sessions, stateOf } from '../session/sessions.ts';

/** Below this many closed sessions a target's own percentile says nothing (DOMAIN 4.0). */
export const MIN_CLOSED_SESSIONS = 30;

/**
 * Durations in seconds of the sessions among `rows` whose begin and close are both in the capture: by FIN, or by a
 * RST; ascending.
 */
export function closedDurations(sessions: Sessions, rows: Uint32Array): Float64Array {
  const seconds = new Float64Array(rows.length);
  let count = 0;
  for (const row of rows) {
    const facts = sessions.facts[row]!;
    const duration = (sessions.closed[row]! - sessions.start[row]!) / 1e9;
    if (facts & MIDSTREAM || stateOf(facts) < CLOSED || stateOf(facts) > RESET || Number.isNaN(duration)) continue;
    seconds[count++] = duration;
  }
  return seconds.subarray(0, count).sort();
}

/** The 99th percentile by nearest rank, NaN of none. */
export function percentile99(ascending: Float64Array): number {
  if (ascending.length === 0) return Number.NaN;
  return ascending[Math.ceil(0.99 * ascending.length) - 1]!;
}
