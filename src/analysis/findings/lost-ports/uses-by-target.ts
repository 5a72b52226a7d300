import type { Uses } from './uses.ts';

/** How often one target was drawn for, and by which of all draws (counted from 0) last. */
export interface TargetDraws {
  readonly target: number;
  readonly draws: number;
  readonly last: number;
}

/** The uses of a client, target by target: one pass for all, where one a target costs as many as there are. */
export class UsesByTarget {
  readonly #lowest: number;
  /** Uses of target `lowest + t` stand at `first[t]` up to `first[t + 1]`. */
  readonly #first: Uint32Array;
  readonly #rows: Uint32Array;

  constructor({ count, target }: Uses) {
    const [lowest, highest] = rangeOf(target);
    const first = new Uint32Array(highest - lowest + 2);
    for (let use = 0; use < count; use++) first[target[use]! - lowest + 1]!++;
    for (let at = 1; at < first.length; at++) first[at]! += first[at - 1]!;
    const next = first.slice();
    this.#rows = new Uint32Array(count);
    for (let use = 0; use < count; use++) this.#rows[next[target[use]! - lowest]!++] = use;
    this.#lowest = lowest;
    this.#first = first;
  }

  /** Rows of the uses of a target, ascending. */
  of(target: number): Uint32Array {
    const at = target - this.#lowest;
    return this.#rows.subarray(this.#first[at]!, this.#first[at + 1]!);
  }
}

/** Of the targets that were drawn for, the lowest first. */
export function drawsByTarget({ count, target, isDraw }: Uses): TargetDraws[] {
  const [lowest, highest] = rangeOf(target);
  const draws = new Uint32Array(highest - lowest + 1);
  const last = new Uint32Array(highest - lowest + 1);
  let all = 0;
  for (let use = 0; use < count; use++) {
    if (isDraw[use] === 0) continue;
    draws[target[use]! - lowest]!++;
    last[target[use]! - lowest] = all++;
  }
  const drawn: TargetDraws[] = [];
  for (let at = 0; at < draws.length; at++) {
    if (draws[at]! > 0) drawn.push({ target: lowest + at, draws: draws[at]!, last: last[at]! });
  }
  return drawn;
}

/** The targets of a client are neighbours among the rows of all. */
function rangeOf(targets: Uint32Array): [number, number] {
  let lowest = targets.length === 0 ? 0 : targets[0]!;
  let highest = lowest;
  for (const target of targets) {
    if (target < lowest) lowest = target;
    if (target > highest) highest = target;
  }
  return [lowest, highest];
}
