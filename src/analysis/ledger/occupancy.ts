import { JudgedOccupancy } from './judged-occupancy.ts';
import type { Occupancy, Peak, Pool } from './ledger.ts';
import { noParts, type Parts } from './parts.ts';
import { type PortUse, portUse, type SweepColumns } from './port-use.ts';

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

/** Peaks of every part; behind them that of no part, and that of the whole. */
interface Sweep {
  readonly peak: Uint32Array;
  readonly peakAt: Float64Array;
  readonly startsOnBusyPort: number;
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

/**
 * One pass with one TIME_WAIT, the `rank`-th. A peak can only be reached by a start, so ends are taken in when the next
 * start comes. Ends at the same moment go first: a hold lasts up to its end and not longer. The sessions of a part that
 * share a local port share the four-tuple, so a part's ports are counted without looking at the port.
 */
function sweep(use: PortUse, rank: number, timeWait: number, holders: Uint32Array): Sweep {
  const { count, start, port, part, rest, attempt, released, waiting } = use;
  const { time: releasedAt, port: releasedPort, part: releasedPart } = released;
  const { time: waitingFrom, port: waitingPort, part: waitingPart, rest: restAfter } = waiting;
  const busyOf = new Uint32Array(use.parts + 1);
  const peakOf = new Uint32Array(use.parts + 2);
  const peakAt = new Float64Array(use.parts + 2).fill(Number.NaN);
  let busy = 0;
  let peak = 0;
  let peakTime = Number.NaN;
  let startsOnBusyPort = 0;
  let release = 0;
  let expiry = 0;
  for (let at = 0; at < count; at++) {
    const now = start[at]!;
    for (; release < released.count && releasedAt[release]! <= now; release++) {
      busyOf[releasedPart[release]!]!--;
      if (--holders[releasedPort[release]!]! === 0) busy--;
    }
    for (; expiry < waiting.count && waitingFrom[expiry]! + timeWait <= now; expiry++) {
      if (rank >= restAfter[expiry]!) continue;
      busyOf[waitingPart[expiry]!]!--;
      if (--holders[waitingPort[expiry]!]! === 0) busy--;
    }
    const holdersBefore = holders[port[at]!]!;
    if (rank >= rest[at]!) {
      // The hold of the session before goes on as this one's.
      if (holdersBefore > 1) startsOnBusyPort += attempt[at]!;
      continue;
    }
    holders[port[at]!] = holdersBefore + 1;
    const inPart = part[at]!;
    if (++busyOf[inPart]! > peakOf[inPart]!) {
      peakOf[inPart] = busyOf[inPart]!;
      peakAt[inPart] = now;
    }
    if (holdersBefore > 0) {
      startsOnBusyPort += attempt[at]!;
    } else if (++busy > peak) {
      peak = busy;
      peakTime = now;
    }
  }
  for (const used of port) holders[used] = 0;
  peakOf[use.parts + 1] = peak;
  peakAt[use.parts + 1] = peakTime;
  return { peak: peakOf, peakAt, startsOnBusyPort };
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
