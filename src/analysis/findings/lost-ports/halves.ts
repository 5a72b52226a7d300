import { eligibleSince } from './eligibility.ts';
import { measure, type Silence } from './silence.ts';
import type { Stream } from './uses.ts';

/** How the pool as a whole changed: what the test of draws asks besides the silence itself. */
export interface PoolChange {
  /** McNemar: ports drawn in the first half alone against those drawn in the second alone, in deviations. */
  readonly mcNemar: number;
  /** Pool in use in the first and the last sixth of the draws, by inverse occupancy; NaN below 50 draws a sixth. */
  readonly poolFirstSixth: number;
  readonly poolLastSixth: number;
  /** How many deviations the distinct ports of the last sixth lie below those of the first; NaN likewise. */
  readonly sixthsDown: number;
}

export interface Halves extends Silence, PoolChange {}

const MIN_DRAWS_A_PORT = 2;
const MIN_MCNEMAR = 4;
const MIN_SIXTH = 50;
const SHRUNK_TO = 0.5;
const MIN_SIXTHS_DOWN = 5;

/** Of the draws, the share before the cut. */
const HALF = 1 / 2;
/**
 * A later cut sees more of a slow loss, as more of it is over by then. Only where draws are independent of each other is
 * the shorter rest as good as the half.
 */
const TWO_THIRDS = 2 / 3;

/**
 * Ports of any order but a sequential one that are no longer drawn: those drawn at least twice before the cut, against
 * the draws after it.
 */
export function silencesByDraws(stream: Stream, isRandom: boolean): Halves[] {
  const change = poolChange(stream);
  return (isRandom ? [HALF, TWO_THIRDS] : [HALF]).flatMap((share) => {
    const silence = silenceAfter(stream, Math.floor(stream.draws.length * share));
    return silence === null ? [] : [{ ...silence, ...change }];
  });
}

function silenceAfter(stream: Stream, cut: number): Silence | null {
  const { uses, draws } = stream;
  const before = countDraws(stream, 0, cut);
  const after = countDraws(stream, cut, draws.length);
  const eligible = eligibleSince(stream, cut);
  const silentPorts = new Uint8Array(uses.size);
  let watched = 0;
  let silent = 0;
  for (let port = 0; port < uses.size; port++) {
    if (before[port]! < MIN_DRAWS_A_PORT || !eligible[port]) continue;
    watched++;
    if (after[port]! > 0) continue;
    silent++;
    silentPorts[port] = 1;
  }
  if (watched === 0) return null;
  const pool = inverseOccupancy(distinct(before), cut);
  const expected = watched * (1 - 1 / pool) ** (draws.length - cut);
  const window = {
    method: 'halves' as const,
    passesWatched: Number.NaN,
    drawsBefore: cut,
    drawsAfter: draws.length - cut,
  };
  return { ...window, watched, silentPorts, ...measure(silent, expected, pool) };
}

function poolChange(stream: Stream): PoolChange {
  return { mcNemar: mcNemar(stream), ...sixths(stream) };
}

/** Ports that are still held are no loss, and do not count among those of the first half alone. */
function mcNemar(stream: Stream): number {
  const half = Math.floor(stream.draws.length / 2);
  const first = countDraws(stream, 0, half);
  const second = countDraws(stream, half, stream.draws.length);
  const eligible = eligibleSince(stream, half);
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let port = 0; port < first.length; port++) {
    if (first[port] === 0 && second[port]! > 0) onlySecond++;
    if (first[port]! > 0 && second[port] === 0 && eligible[port]) onlyFirst++;
  }
  const changed = onlyFirst + onlySecond;
  return changed === 0 ? 0 : (onlyFirst - onlySecond) / Math.sqrt(changed);
}

/** Whether the pool lost ports rather than that different ones are drawn. */
export function hasShrunk({ mcNemar, poolFirstSixth, poolLastSixth, sixthsDown }: PoolChange): boolean {
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
function inverseOccupancy(distinctPorts: number, draws: number): number {
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
