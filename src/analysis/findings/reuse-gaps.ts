/** Gaps of reuses as figures for people. */
import type { Ledger, RowRange } from '../ledger/ledger.ts';
import { GAP_EDGES, gapBin, gapSeconds } from '../ledger/reuses.ts';
import { ANSWERS, answerOf } from '../session/sessions.ts';

/** Of the reuses that these sessions are; NaN where none has a gap. */
export function smallestGap({ sessions }: Ledger, rows: readonly number[]): number {
  let least = Number.NaN;
  // The comparison holds where there is no gap yet, too.
  for (const row of rows) {
    const gap = gapSeconds(sessions, row);
    if (!Number.isNaN(gap) && !(gap >= least)) least = gap;
  }
  return least;
}

/** The histogram of gaps, a line for each answer that occurred. The ranges are of `ReuseRows`. */
export function gapsByAnswer({ sessions, reuses }: Ledger, ranges: readonly RowRange[]): string[] {
  const counts = ANSWERS.map(() => ({ reuses: 0, gaps: 0, bins: GAP_EDGES.map(() => 0) }));
  for (const { from, to } of ranges) {
    for (let at = from; at < to; at++) {
      const count = counts[answerOf(sessions.facts[reuses.session[at]!]!)]!;
      const gap = reuses.gapSeconds[at]!;
      count.reuses++;
      if (Number.isNaN(gap)) continue;
      count.gaps++;
      count.bins[gapBin(gap)]!++;
    }
  }
  return ANSWERS.flatMap((answer, code) => {
    const { reuses, gaps, bins } = counts[code]!;
    if (reuses === 0) return [];
    const told = bins.flatMap((count, bin) => (count === 0 ? [] : [`${binText(bin)}: ${count}`]));
    if (gaps < reuses) told.push(`no gap: ${reuses - gaps}`);
    return [`${answer}: ${told.join(', ')}`];
  });
}

function binText(bin: number): string {
  return bin + 1 < GAP_EDGES.length ? `${GAP_EDGES[bin]}-${GAP_EDGES[bin + 1]} s` : `${GAP_EDGES[bin]} s and more`;
}
