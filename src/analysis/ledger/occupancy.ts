import { SECOND } from '../segment/timeline.ts';
import { JudgedOccupancy } from './judged-occupancy.ts';
import type { Occupancy, Peak, Pool, Span } from './ledger.ts';
import { noParts, type Parts } from './parts.ts';
import type { PortUses } from './port-uses.ts';
import { type Peaks, sweep } from './sweep.ts';
import { type SweepColumns, type UseHolds, useHolds } from './use-holds.ts';

/** What the figures of one group are made of; the TIME_WAITs in seconds. */
export interface OccupancyQuestion {
  readonly pool: Pool;
  readonly uses: PortUses;
  /** Ascending. */
  readonly timeWaits: readonly number[];
  readonly effective: number;
}

/**
 * Occupancy of the pool's ports by a client's sessions, and at the same time by each part of them (its targets): the
 * first is that of the whole. Exact: every start and end is looked at.
 */
export function occupanciesOf(
  columns: SweepColumns,
  rows: Uint32Array,
  parts: Parts,
  question: OccupancyQuestion,
): Occupancy[] {
  const { pool, uses, effective } = question;
  const swept = sweptTimeWaits(columns.span, [...question.timeWaits, effective]);
  const use = useHolds(columns, uses, parts, swept);
  const peaks = sweep(use, swept, columns.holders);
  const starts = countStarts(use);
  return Array.from({ length: parts.count + 1 }, (_, group) => {
    // The whole is kept behind the parts and told first.
    const place = group === 0 ? parts.count + 1 : group - 1;
    const peak = (timeWait: number): Peak => peakRow(peaks, place, rankOf(timeWait, swept), timeWait, pool);
    const groupRows = () => (group === 0 ? rows : parts.rowsOf(place));
    return {
      peaks: question.timeWaits.map(peak),
      judged: new JudgedOccupancy(columns, groupRows, pool, peak(effective)),
      starts: starts[place]!,
      startsOnBusyPort: group === 0 ? peaks.startsOnBusyPort[rankOf(effective, swept)]! : 0,
    };
  });
}

/** In ns, ascending. A TIME_WAIT longer than the capture never ends in it, so one of these stands for all. */
function sweptTimeWaits(span: Span, seconds: readonly number[]): number[] {
  const all = [...new Set(seconds.map(inNanoseconds))].sort((a, b) => a - b);
  const longer = all.findIndex((timeWait) => timeWait > span.to - span.from);
  return longer < 0 ? all : all.slice(0, longer + 1);
}

function rankOf(seconds: number, swept: readonly number[]): number {
  const rank = swept.indexOf(inNanoseconds(seconds));
  return rank < 0 ? swept.length - 1 : rank;
}

/** A group that is looked at as a whole only. */
export function occupancyOf(columns: SweepColumns, rows: Uint32Array, question: OccupancyQuestion): Occupancy {
  return occupanciesOf(columns, rows, noParts(rows), question)[0]!;
}

function inNanoseconds(seconds: number): number {
  return Math.round(seconds * SECOND);
}

function peakRow(peaks: Peaks, place: number, rank: number, timeWaitSeconds: number, { usable }: Pool): Peak {
  const at = place * peaks.timeWaits + rank;
  const peak = peaks.peak[at]!;
  return { timeWaitSeconds, peak, peakAt: peaks.peakAt[at]!, ratio: usable > 0 ? peak / usable : 0 };
}

/** Attempts of every part, of no part, and of all. */
function countStarts({ count, part, parts, isDraw }: UseHolds): Uint32Array {
  const starts = new Uint32Array(parts + 2);
  for (let at = 0; at < count; at++) {
    starts[part[at]!]! += isDraw[at]!;
    starts[parts + 1]! += isDraw[at]!;
  }
  return starts;
}
