import { ACCEPTED, answerOf, BY_CLIENT, CLOSED, previousStateOf } from '../session/sessions.ts';
import type { Ledger, TimeWaitFigures } from './ledger.ts';
import { repeatsIsn } from './reuses.ts';

/** The TIME_WAITs that some system documents as its own, in seconds, ascending. */
export const DOCUMENTED_TIME_WAITS = [30, 60, 120, 240] as const;
/** Gaps compare with this much slack, in seconds: timers and capture clocks are not exact. */
export const GAP_TOLERANCE = 0.001;

type ReuseColumns = Pick<Ledger, 'sessions' | 'reuses' | 'targets' | 'clients' | 'targetOf' | 'options'>;

/** What the reuses of each client show of its TIME_WAIT: see docs/figures.md. */
export class ObservedTimeWaits {
  readonly #given: number;
  /** By client, in seconds; NaN where no reuse tells. Empty without reuses. */
  readonly #minGap: Float64Array;

  constructor({ sessions, reuses, targets, clients, targetOf, options }: ReuseColumns) {
    const size = reuses.count === 0 ? 0 : clients.count;
    this.#given = options.timeWaitSeconds;
    this.#minGap = new Float64Array(size).fill(Number.NaN);
    for (let at = 0; at < reuses.count; at++) {
      const gap = reuses.gapSeconds[at]!;
      const row = reuses.session[at]!;
      if (Number.isNaN(gap) || reuses.closedBy[at] !== BY_CLIENT || !isAcceptedAfterClose(sessions.facts[row]!))
        continue;
      if (repeatsIsn(sessions, row)) continue;
      const client = targets.client[targetOf[row]!]!;
      // The comparison holds where there is no gap yet, too.
      if (!(gap >= this.#minGap[client]!)) this.#minGap[client] = gap;
    }
  }

  of(client: number): TimeWaitFigures {
    const minGapSeconds = this.#minGap[client] ?? Number.NaN;
    return {
      minGapSeconds,
      effectiveSeconds: effectiveTimeWait(minGapSeconds, this.#given),
    };
  }
}

function isAcceptedAfterClose(facts: number): boolean {
  return answerOf(facts) === ACCEPTED && previousStateOf(facts) === CLOSED;
}

/**
 * In seconds. A gap below the smallest documented TIME_WAIT means that the client has none, so the gap itself is it.
 */
export function effectiveTimeWait(minGap: number, given: number): number {
  if (Number.isNaN(minGap)) return given;
  let shown = minGap;
  for (const documented of DOCUMENTED_TIME_WAITS) if (documented <= minGap + GAP_TOLERANCE) shown = documented;
  return Math.min(shown, given);
}

/** The TIME_WAITs of the occupancy rows: the documented ones and the given one, ascending. */
export function reportedTimeWaits(given: number): number[] {
  return [...new Set([...DOCUMENTED_TIME_WAITS, given])].sort((a, b) => a - b);
}
