import { SECOND } from '../segment/timeline.ts';
import { CLOSED, MIDSTREAM, type Sessions, stateOf } from '../session/sessions.ts';
import type { RowRange, Span } from './ledger.ts';
import { select } from './selection.ts';

/** Below this many closed sessions a target's own percentile says nothing. */
export const MIN_CLOSED_SESSIONS = 30;

/** Whose durations are asked for: of sessions that began in the capture, or of those that had begun before it, too. */
export type Begun = 'in-capture' | 'ever';

/**
 * Durations in seconds of the sessions whose close is in the capture: by FIN, or by a RST. One that had begun before the
 * capture counts from its start: it lasted that long at least. In no order.
 */
export function closedDurations({ sessions, span }: Ended, { from, to }: RowRange, begun: Begun): Float64Array {
  const { facts, start, closed } = sessions;
  const skipped = begun === 'ever' ? 0 : MIDSTREAM;
  const seconds = new Float64Array(to - from);
  let count = 0;
  for (let row = from; row < to; row++) {
    // CLOSED and RESET are the last of the states.
    if (facts[row]! & skipped || stateOf(facts[row]!) < CLOSED) continue;
    const begin = facts[row]! & MIDSTREAM ? span.from : start[row]!;
    const duration = (closed[row]! - begin) / SECOND;
    if (!Number.isNaN(duration)) seconds[count++] = duration;
  }
  return seconds.subarray(0, count);
}

interface Ended {
  readonly sessions: Sessions;
  readonly span: Span;
}

/** The 99th percentile by nearest rank, NaN of none. Changes the order of `values`. */
export function percentile99(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  return select(values, Math.ceil(0.99 * values.length) - 1);
}
