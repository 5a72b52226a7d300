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
  readonly #draws: Uint32Array;
  readonly #last: Uint32Array;

  constructor({ count, target, isDraw }: Uses) {
    const [lowest, highest] = rangeOf(target);
    const first = firstOfTargets(target, lowest, highest);
    const next = first.slice();
    const rows = new Uint32Array(count);
    this.#draws = new Uint32Array(highest - lowest + 1);
    this.#last = new Uint32Array(highest - lowest + 1);
    for (let use = 0, all = 0; use < count; use++) {
      const at = target[use]! - lowest;
      rows[next[at]!++] = use;
      if (isDraw[use] === 0) continue;
      this.#draws[at]!++;
      this.#last[at] = all++;
    }
    this.#lowest = lowest;
    this.#first = first;
    this.#rows = rows;
  }

  /** Rows of the uses of a target, ascending. */
  of(target: number): Uint32Array {
    const at = target - this.#lowest;
    return this.#rows.subarray(this.#first[at]!, this.#first[at + 1]!);
  }

  /** The targets that were drawn for, the lowest first. */
  get drawn(): TargetDraws[] {
    const all = Array.from(this.#draws, (draws, at) => ({ target: this.#lowest + at, draws, last: this.#last[at]! }));
    return all.filter(({ draws }) => draws > 0);
  }
}

function firstOfTargets(target: Uint32Array, lowest: number, highest: number): Uint32Array {
  const first = new Uint32Array(highest - lowest + 2);
  for (let use = 0; use < target.length; use++) first[target[use]! - lowest + 1]!++;
  for (let at = 1; at < first.length; at++) first[at]! += first[at - 1]!;
  return first;
}

/** The targets of a client are neighbours among the rows of all. */
function rangeOf(targets: Uint32Array): [number, number] {
  let lowest = targets.length === 0 ? 0 : targets[0]!;
  let highest = lowest;
  for (let use = 0; use < targets.length; use++) {
    const target = targets[use]!;
    if (target < lowest) lowest = target;
    if (target > highest) highest = target;
  }
  return [lowest, highest];
}
