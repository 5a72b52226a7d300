import { JudgedOccupancy } from './judged-occupancy.ts';
import type { Occupancy, Peak, Pool } from './ledger.ts';
import { noParts, type Parts } from './parts.ts';
import { type PortUse, portUse, type SweepColumns } from './port-use.ts';
import { type Sweep, sweep } from './sweep.ts';

export const NANOSECONDS = 1e9;

/** What the figures of one group are made of: `rows` by start, and the TIME_WAITs in seconds. */
export interface OccupancyQuestion {
  readonly pool: Pool;
  /** Ascending. */
  readonly timeWaits: readonly number[];
  readonly effective: number;
}

/**
 * Occupancy of the pool's ports by a client's sessions, and at the same time by each part of them (its targets): the
 * first is that of the whole. Exact: every start and end is looked at (DOMAIN 4.1, F1).
 */
export function occupanciesOf(
  columns: SweepColumns,
  rows: Uint32Array,
  parts: Parts,
  question: OccupancyQuestion,
): Occupancy[] {
  const { pool, effective } = question;
  const swept = [...new Set([...question.timeWaits, effective])].sort((a, b) => a - b);
  const use = portUse(columns, rows, pool, parts, swept.map(inNanoseconds));
  const sweeps = sweepAll(columns, use, swept);
  const starts = countStarts(use);
  return Array.from({ length: parts.count + 1 }, (_, group) => {
    // The whole is kept behind the parts and told first.
    const place = group === 0 ? parts.count + 1 : group - 1;
    const peak = (timeWait: number): Peak => peakRow(sweeps[swept.indexOf(timeWait)]!, place, timeWait, pool);
    const groupRows = group === 0 ? rows : parts.rowsOf(place);
    return {
      peaks: question.timeWaits.map(peak),
      judged: new JudgedOccupancy(columns, groupRows, pool, peak(effective)),
      starts: starts[place]!,
      startsOnBusyPort: group === 0 ? sweeps[swept.indexOf(effective)]!.startsOnBusyPort : 0,
    };
  });
}

/** A group that is looked at as a whole only. */
export function occupancyOf(columns: SweepColumns, rows: Uint32Array, question: OccupancyQuestion): Occupancy {
  return occupanciesOf(columns, rows, noParts(rows), question)[0]!;
}

export function inNanoseconds(seconds: number): number {
  return Math.round(seconds * NANOSECONDS);
}

function peakRow({ peak, peakAt }: Sweep, place: number, timeWaitSeconds: number, { usable }: Pool): Peak {
  const ports = peak[place]!;
  return { timeWaitSeconds, peak: ports, peakAt: peakAt[place]!, ratio: usable > 0 ? ports / usable : 0 };
}

function sweepAll({ span, holders }: SweepColumns, use: PortUse, timeWaits: readonly number[]): Sweep[] {
  const sweeps: Sweep[] = [];
  for (const [rank, timeWait] of timeWaits.entries()) {
    // A TIME_WAIT as long as the capture never ends in it: a longer one makes no difference.
    const isSame = rank > 0 && inNanoseconds(timeWaits[rank - 1]!) > span.to - span.from;
    sweeps.push(isSame ? sweeps[rank - 1]! : sweep(use, rank, inNanoseconds(timeWait), holders));
  }
  return sweeps;
}

/** Attempts of every part, of no part, and of all. */
function countStarts({ count, part, parts, attempt }: PortUse): Uint32Array {
  const starts = new Uint32Array(parts + 2);
  for (let at = 0; at < count; at++) {
    starts[part[at]!]! += attempt[at]!;
    starts[parts + 1]! += attempt[at]!;
  }
  return starts;
}
