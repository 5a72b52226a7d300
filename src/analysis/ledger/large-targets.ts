import type { Ledger } from './ledger.ts';
import type { Parts } from './parts.ts';
import { rowNumbers, targetRows } from './rows.ts';

/** Figures of smaller groups are made again when asked for again: there may be as many groups as sessions. */
export const KEPT_FROM_SESSIONS = 256;

type Groups = Pick<Ledger, 'targets'>;

/** The targets that are large enough for their figures to be kept, numbered from 0, those of a client together. */
export class LargeTargets {
  readonly #groups: Groups;
  readonly #large: number[] = [];
  /** By target; empty where none is large. */
  readonly #numbers: Int32Array;
  /** By client: the number of its first large target. */
  readonly #firstOf = new Map<number, number>();

  constructor(groups: Groups) {
    const { first, client, count } = groups.targets;
    this.#groups = groups;
    for (let target = 0; target < count; target++) {
      if (first[target + 1]! - first[target]! < KEPT_FROM_SESSIONS) continue;
      if (!this.#firstOf.has(client[target]!)) this.#firstOf.set(client[target]!, this.#large.length);
      this.#large.push(target);
    }
    this.#numbers = new Int32Array(this.#large.length === 0 ? 0 : count).fill(-1);
    for (const [number, target] of this.#large.entries()) this.#numbers[target] = number;
  }

  get count(): number {
    return this.#large.length;
  }

  /** The number of a target; -1 for a smaller one, and for a session without target. */
  numberOf(target: number): number {
    return target >= 0 && target < this.#numbers.length ? this.#numbers[target]! : -1;
  }

  /** Which part of its client's sessions a large target is. */
  partOf(target: number): number {
    return this.numberOf(target) - this.#firstOf.get(this.#groups.targets.client[target]!)!;
  }

  /** The large targets of a client, as the parts of its sessions. */
  ofClient(client: number): Parts {
    const { targets } = this.#groups;
    const first = this.#firstOf.get(client) ?? this.#large.length;
    let last = first;
    while (last < this.#large.length && targets.client[this.#large[last]!] === client) last++;
    return {
      count: last - first,
      ofTarget: this.#numbers,
      first,
      rowsOf: (part) => rowNumbers(targetRows(this.#groups, this.#large[first + part]!)),
    };
  }
}
