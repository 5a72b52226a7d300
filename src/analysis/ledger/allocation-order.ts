/**
 * The order in which a client's stack hands out local ports. No document states it for Windows and it differs between
 * systems, so it is measured; it decides how lost ports are looked for.
 */
import { PORTS } from '../segment/segment.ts';

/** The new attempts of one client, in order of time. */
export interface Draws {
  /** Local ports. */
  readonly ports: Uint16Array;
  /** Row of the target of each; any numbers that tell targets apart. */
  readonly targets: Uint32Array;
}

export interface AllocationFigures {
  readonly order: 'sequential' | 'random' | 'per-remote' | 'fixed' | 'mixed' | 'unknown';
  /** Pairs of neighbouring draws that the order was read from. */
  readonly samples: number;
  /** Share of the pairs in which the port moved on by 1 to `step`. NaN without pairs. */
  readonly forwardShare: number;
  /** Median step from one draw to the next, modulo the pool. NaN without pairs. */
  readonly medianStep: number;
}

const MIN_SAMPLES = 200;
const MIN_TARGET_DRAWS = 50;
const MAX_STEP = 16;
const STEPS_IN_POOL = 50;
const SEQUENTIAL_SHARE = 0.8;
const MIXED_SHARE = 0.3;
const RANDOM_SHARE = 0.02;
/** Deviations that the share of small steps, or the rank correlation, of a random order may reach. */
const RANDOM_DEVIATIONS = 3;
const FIXED_PORTS = 3;

/** The order of the draws from a pool of `size` ports; all ports must lie inside the pool. */
export function allocationOrder(draws: Draws, size: number): AllocationFigures {
  const { ports, targets } = draws;
  const samples = Math.max(0, ports.length - 1);
  const steps = countSteps(ports, size);
  const forwardShare = shareOfForward(steps, samples, largestStep(size));
  const figures = { samples, forwardShare, medianStep: medianStep(steps, samples) };
  return { order: orderOf(ports, targets, size, forwardShare), ...figures };
}

function orderOf(ports: Uint16Array, targets: Uint32Array, size: number, share: number): AllocationFigures['order'] {
  const samples = ports.length - 1;
  if (samples < MIN_SAMPLES) return 'unknown';
  if (isFixed(ports)) return 'fixed';
  const step = largestStep(size);
  if (share >= SEQUENTIAL_SHARE) return 'sequential';
  if (isPerRemote(ports, targets, size, step)) return 'per-remote';
  if (share >= MIXED_SHARE) return 'mixed';
  const chance = RANDOM_SHARE + (RANDOM_DEVIATIONS * step) / size;
  const independent = Math.abs(rankCorrelation(ports)) < RANDOM_DEVIATIONS / Math.sqrt(samples);
  return share < chance && independent ? 'random' : 'mixed';
}

/** Steps that count as "the next port": neighbours may be taken by others, or by connections that are not seen. */
function largestStep(size: number): number {
  return Math.max(1, Math.min(MAX_STEP, Math.floor(size / STEPS_IN_POOL)));
}

function forward(from: number, to: number, size: number): number {
  return to < from ? to - from + size : to - from;
}

/** How often each step from one draw to the next occurs. */
function countSteps(ports: Uint16Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let at = 1; at < ports.length; at++) counts[forward(ports[at - 1]!, ports[at]!, size)]!++;
  return counts;
}

function shareOfForward(steps: Uint32Array, samples: number, largest: number): number {
  let hits = 0;
  for (let step = 1; step <= largest; step++) hits += steps[step] ?? 0;
  return samples === 0 ? Number.NaN : hits / samples;
}

/** By counting: steps are smaller than the pool. */
function medianStep(steps: Uint32Array, samples: number): number {
  if (samples === 0) return Number.NaN;
  let above = samples >> 1;
  let step = 0;
  while (above >= steps[step]!) above -= steps[step++]!;
  return step;
}

function isFixed(ports: Uint16Array): boolean {
  const seen = new Set<number>();
  for (const port of ports) {
    seen.add(port);
    if (seen.size > FIXED_PORTS) return false;
  }
  return true;
}

/** Every target that was drawn for often enough moves on by small steps of its own, as Linux' hash and step does. */
function isPerRemote(ports: Uint16Array, targets: Uint32Array, size: number, step: number): boolean {
  const counts = new Map<number, { last: number; draws: number; hits: number }>();
  for (let at = 0; at < ports.length; at++) {
    const port = ports[at]!;
    const target = counts.get(targets[at]!);
    if (!target) {
      counts.set(targets[at]!, { last: port, draws: 1, hits: 0 });
      continue;
    }
    const distance = forward(target.last, port, size);
    if (distance >= 1 && distance <= step) target.hits++;
    target.last = port;
    target.draws++;
  }
  const judged = [...counts.values()].filter(({ draws }) => draws >= MIN_TARGET_DRAWS);
  return judged.length > 0 && judged.every(({ draws, hits }) => hits / (draws - 1) >= SEQUENTIAL_SHARE);
}

/** Spearman's correlation of each draw with the next. */
function rankCorrelation(ports: Uint16Array): number {
  const ranks = midranks(ports);
  const mean = (ports.length - 1) / 2;
  let product = 0;
  let square = 0;
  let before = 0;
  for (let at = 0; at < ports.length; at++) {
    const deviation = ranks[ports[at]!]! - mean;
    square += deviation * deviation;
    product += deviation * before;
    before = deviation;
  }
  return square === 0 ? 0 : product / square;
}

/** The rank of each port among all draws, from 0, ties at the middle of theirs; by counting, as ports are small numbers. */
function midranks(ports: Uint16Array): Float64Array {
  const counts = new Uint32Array(PORTS);
  for (let at = 0; at < ports.length; at++) counts[ports[at]!]!++;
  const middles = new Float64Array(PORTS);
  let below = 0;
  for (let port = 0; port < PORTS; port++) {
    middles[port] = below + (counts[port]! - 1) / 2;
    below += counts[port]!;
  }
  return middles;
}
