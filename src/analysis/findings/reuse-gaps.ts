/** Gaps of reuses as figures for people. */
import type { Ledger } from '../ledger/ledger.ts';
import { GAP_EDGES, gapBin, gapSeconds } from '../ledger/reuses.ts';
import { ANSWERS, answerOf } from '../session/sessions.ts';

/** NaN where none of these reuses has a gap. */
export function smallestGap({ sessions }: Ledger, rows: readonly number[]): number {
  const gaps = rows.map((row) => gapSeconds(sessions, row)).filter((gap) => !Number.isNaN(gap));
  return gaps.length === 0 ? Number.NaN : gaps.reduce((least, gap) => Math.min(least, gap));
}

/** The histogram of gaps, a line for each answer that occurred. */
export function gapsByAnswer({ sessions }: Ledger, rows: readonly number[]): string[] {
  return ANSWERS.flatMap((answer, code) => {
    const answered = rows.filter((row) => answerOf(sessions.facts[row]!) === code);
    if (answered.length === 0) return [];
    const bins = new Array<number>(GAP_EDGES.length).fill(0);
    const gaps = answered.map((row) => gapSeconds(sessions, row)).filter((gap) => !Number.isNaN(gap));
    for (const gap of gaps) bins[gapBin(gap)]!++;
    const told = bins.flatMap((count, bin) => (count === 0 ? [] : [`${binText(bin)}: ${count}`]));
    if (gaps.length < answered.length) told.push(`no gap: ${answered.length - gaps.length}`);
    return [`${answer}: ${told.join(', ')}`];
  });
}

function binText(bin: number): string {
  return bin + 1 < GAP_EDGES.length ? `${GAP_EDGES[bin]}-${GAP_EDGES[bin + 1]} s` : `${GAP_EDGES[bin]} s and more`;
}
