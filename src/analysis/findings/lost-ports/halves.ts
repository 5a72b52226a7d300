import { measure, type Silence } from './silence.ts';
import { eligiblePorts, type Stream } from './uses.ts';

/** What the halves test asks besides the silence itself. */
export interface Halves extends Silence {
  /** McNemar: ports drawn in the first half alone against those drawn in the second alone, in deviations. */
  readonly mcNemar: number;
  /** Pool in use in the first and the last sixth of the draws, by inverse occupancy; NaN below 50 draws a sixth. */
  readonly poolFirstSixth: number;
  readonly poolLastSixth: number;
  /** How many deviations the distinct ports of the last sixth lie below those of the first; NaN likewise. */
  readonly sixthsDown: number;
}

const MIN_DRAWS_A_PORT = 2;
const MIN_MCNEMAR = 4;
const MIN_SIXTH = 50;
const SHRUNK_TO = 0.5;
const MIN_SIXTHS_DOWN = 5;

/**
 * Ports of any order but a sequential one that are no longer drawn (DOMAIN 4.1, F4 b): those drawn at least twice in the
 * first half of the draws, against the second. Null without any.
 */
export function silenceByHalves(stream: Stream): Halves | null {
  const { uses, draws } = stream;
  const half = Math.floor(draws.length / 2);
  const first = countDraws(stream, 0, half);
  const second = countDraws(stream, half, draws.length);
  const eligible = eligiblePorts(stream, half);
  const silentPorts = new Uint8Array(uses.size);
  const tally = { watched: 0, silent: 0, onlyFirst: 0, onlySecond: 0, distinctFirst: 0 };
  for (let port = 0; port < uses.size; port++) {
    const [early, late] = [first[port]!, second[port]!];
    if (early > 0) tally.distinctFirst++;
    if (early === 0 && late > 0) tally.onlySecond++;
    if (early === 0 || !eligible[port]) continue;
    if (late === 0) tally.onlyFirst++;
    if (early < MIN_DRAWS_A_PORT) continue;
    tally.watched++;
    if (late > 0) continue;
    tally.silent++;
    silentPorts[port] = 1;
  }
  if (tally.watched === 0) return null;
  const pool = inverseOccupancy(tally.distinctFirst, half);
  const expected = tally.watched * (1 - 1 / pool) ** (draws.length - half);
  const changed = tally.onlyFirst + tally.onlySecond;
  return {
    method: 'halves',
    passesWatched: Number.NaN,
    drawsBefore: half,
    drawsAfter: draws.length - half,
    watched: tally.watched,
    silentPorts,
    ...measure(tally.silent, expected, pool),
    mcNemar: changed === 0 ? 0 : (tally.onlyFirst - tally.onlySecond) / Math.sqrt(changed),
    ...sixths(stream),
  };
}

/** Whether the pool lost ports rather than that different ones are drawn. */
export function hasShrunk({ mcNemar, poolFirstSixth, poolLastSixth, sixthsDown }: Halves): boolean {
  if (mcNemar >= MIN_MCNEMAR) return true;
  // An allocator that moves to a fresh half of its range, as Linux bind(0) does, gives McNemar 0.
  return poolLastSixth <= poolFirstSixth * SHRUNK_TO && sixthsDown >= MIN_SIXTHS_DOWN;
}

function sixths(stream: Stream): Pick<Halves, 'poolFirstSixth' | 'poolLastSixth' | 'sixthsDown'> {
  const total = stream.draws.length;
  const sixth = Math.floor(total / 6);
  if (sixth < MIN_SIXTH) return { poolFirstSixth: Number.NaN, poolLastSixth: Number.NaN, sixthsDown: Number.NaN };
  const first = distinct(countDraws(stream, 0, sixth));
  const last = distinct(countDraws(stream, total - sixth, total));
  const poolFirstSixth = inverseOccupancy(first, sixth);
  const deviation = Math.sqrt(2 * occupancyVariance(poolFirstSixth, sixth));
  return {
    poolFirstSixth,
    poolLastSixth: inverseOccupancy(last, sixth),
    sixthsDown: (first - last) / Math.max(deviation, 1),
  };
}

export function countDraws({ uses, draws }: Stream, from: number, to: number): Uint32Array {
  const counts = new Uint32Array(uses.size);
  for (let at = from; at < to; at++) counts[uses.port[draws[at]!]!]!++;
  return counts;
}

function distinct(counts: Uint32Array): number {
  let ports = 0;
  for (const count of counts) if (count > 0) ports++;
  return ports;
}

/**
 * The pool size from which `draws` random draws show so many distinct ports: solves D = N (1 - (1 - 1/N)^draws).
 * Infinity when no port was drawn twice.
 */
export function inverseOccupancy(distinctPorts: number, draws: number): number {
  if (distinctPorts >= draws) return Number.POSITIVE_INFINITY;
  let low = distinctPorts;
  let high = 2 * distinctPorts;
  while (occupied(high, draws) < distinctPorts) high *= 2;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (occupied(middle, draws) < distinctPorts) low = middle;
    else high = middle;
  }
  return high;
}

function occupied(size: number, draws: number): number {
  return size * (1 - (1 - 1 / size) ** draws);
}

/** Variance of the distinct ports in so many random draws from a pool. */
function occupancyVariance(size: number, draws: number): number {
  if (size === Number.POSITIVE_INFINITY) return 0;
  const empty = Math.exp(-draws / size);
  return size * empty * (1 - (1 + draws / size) * empty);
}
