import type { Sessions } from '../session/sessions.ts';
import type { TimeWaitFigures } from './ledger.ts';
import { gapSeconds, isAcceptedAfterOwnClose } from './reuses.ts';

/** The TIME_WAITs that are documented somewhere (DOMAIN 1.4), in seconds. */
export const TIME_WAIT_GRID = [30, 60, 120, 240] as const;
/** Gaps compare with this much slack, in seconds: timers and capture clocks are not exact. */
export const GAP_TOLERANCE = 0.001;

/** What the client's own reuses show of its TIME_WAIT; `rows` are its sessions (DOMAIN 4.0). */
export function observeTimeWait(sessions: Sessions, rows: Uint32Array, given: number): TimeWaitFigures {
  let minGap = Number.NaN;
  let minGapSession = -1;
  for (const row of rows) {
    if (!isAcceptedAfterOwnClose(sessions, row)) continue;
    const gap = gapSeconds(sessions, row);
    if (Number.isNaN(gap) || gap >= minGap) continue;
    minGap = gap;
    minGapSession = row;
  }
  return { minGapSeconds: minGap, minGapSession, effectiveSeconds: effectiveTimeWait(minGap, given) };
}

/** T_eff. A gap below the smallest documented TIME_WAIT means that the client has none, so the gap itself is it. */
export function effectiveTimeWait(minGap: number, given: number): number {
  if (Number.isNaN(minGap)) return given;
  let shown = minGap;
  for (const documented of TIME_WAIT_GRID) if (documented <= minGap + GAP_TOLERANCE) shown = documented;
  return Math.min(shown, given);
}

/** The TIME_WAITs of the occupancy rows: the documented ones and the given one, ascending. */
export function reportedTimeWaits(given: number): number[] {
  return [...new Set([...TIME_WAIT_GRID, given])].sort((a, b) => a - b);
}
