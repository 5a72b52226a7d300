import type { Occupancy } from '../../contract/report.ts';
import type { Peak } from '../ledger/ledger.ts';
import type { Timeline } from '../segment/timeline.ts';

export function occupancyReport(peaks: readonly Peak[], timeline: Timeline): Occupancy[] {
  return peaks.map(({ timeWaitSeconds, peak, peakAt, ratio }) => ({
    timeWaitSeconds,
    peak,
    peakAt: timeline.text(peakAt),
    ratio,
  }));
}
