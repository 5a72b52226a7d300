import { PORTS } from '../segment/segment.ts';
import type { Targets } from './ledger.ts';

/** The targets of all clients by their remote. */
export class SameRemote {
  readonly #targets: Targets;
  readonly #rows = new Map<number, number[]>();

  constructor(targets: Targets) {
    this.#targets = targets;
    for (let target = 0; target < targets.count; target++) {
      const rows = this.#rows.get(this.#key(target));
      if (rows === undefined) this.#rows.set(this.#key(target), [target]);
      else rows.push(target);
    }
  }

  of(target: number): readonly number[] {
    return this.#rows.get(this.#key(target))!;
  }

  #key(target: number): number {
    return this.#targets.remote[target]! * PORTS + this.#targets.remotePort[target]!;
  }
}
