import type { Ledger } from './ledger.ts';
import type { Parts } from './parts.ts';

/** Figures of smaller groups are made again when asked for again: there may be as many groups as sessions. */
export const KEPT_FROM_SESSIONS = 256;

/** The targets of a client that are large enough for their figures to be kept. */
export class LargeTargets implements Parts {
  readonly #ledger: Pick<Ledger, 'targets' | 'targetOf'>;
  readonly #first: number;
  readonly #large: number[] = [];
  /** By target of the client: its part. */
  readonly #parts: Uint32Array;

  constructor(ledger: Ledger, client: number) {
    const { targets, clients } = ledger;
    const last = clients.firstTarget[client + 1]!;
    this.#ledger = ledger;
    this.#first = clients.firstTarget[client]!;
    for (let target = this.#first; target < last; target++) {
      if (targets.first[target + 1]! - targets.first[target]! >= KEPT_FROM_SESSIONS) this.#large.push(target);
    }
    this.#parts = new Uint32Array(last - this.#first).fill(this.#large.length);
    for (const [part, target] of this.#large.entries()) this.#parts[target - this.#first] = part;
  }

  get count(): number {
    return this.#large.length;
  }

  of(row: number): number {
    return this.#parts[this.#ledger.targetOf[row]! - this.#first]!;
  }

  partOf(target: number): number {
    return this.#parts[target - this.#first]!;
  }

  rowsOf(part: number): Uint32Array {
    const { targets } = this.#ledger;
    const target = this.#large[part]!;
    return targets.sessions.subarray(targets.first[target]!, targets.first[target + 1]!);
  }
}
