import type { Random } from './random.ts';

export type PortOrder = 'sequential' | 'random' | 'per-remote' | 'fixed';

export interface PortPlan {
  first: number;
  last: number;
  order: PortOrder;
  /** Ports are shared between remotes: only the four-tuple must be free, not the port (connect() without bind()). */
  shared?: boolean;
}

/** Tries before a random draw falls back to a walk over the pool. */
const RANDOM_TRIES = 32;

/** The local ports of one host: which are held, by how many sessions, towards whom, and which are lost. */
export class PortSpace {
  readonly #plan: PortPlan;
  readonly #random: Random;
  readonly #size: number;
  #pointer = 0;
  readonly #pointers = new Map<number, number>();
  readonly #held: Uint16Array;
  readonly #heldTowards = new Map<number, Uint8Array>();
  readonly #lost: Uint8Array;
  readonly #lostTowards = new Map<number, Uint8Array>();
  /** Ports held at the moment, each counted once. */
  inUse = 0;
  peakInUse = 0;

  constructor(plan: PortPlan, random: Random) {
    this.#plan = plan;
    this.#random = random;
    this.#size = plan.last - plan.first + 1;
    this.#held = new Uint16Array(this.#size);
    this.#lost = new Uint8Array(this.#size);
    this.#pointer = random.below(this.#size);
  }

  /** A free port towards a remote, held from now on; -1 when there is none, which leaves no packet. */
  draw(remote: number): number {
    const index = this.#find(remote);
    if (index < 0) return -1;
    if (this.#held[index]!++ === 0) this.peakInUse = Math.max(this.peakInUse, ++this.inUse);
    if (this.#plan.shared) this.#column(this.#heldTowards, remote)[index]!++;
    return this.#plan.first + index;
  }

  release(port: number, remote: number): void {
    const index = port - this.#plan.first;
    if (--this.#held[index]! === 0) this.inUse--;
    if (this.#plan.shared) this.#column(this.#heldTowards, remote)[index]!--;
  }

  /** The port is never given out again: towards one remote, or at all (null). */
  lose(port: number, remote: number | null): void {
    const column = remote === null ? this.#lost : this.#column(this.#lostTowards, remote);
    column[port - this.#plan.first] = 1;
  }

  #column(columns: Map<number, Uint8Array>, remote: number): Uint8Array {
    const known = columns.get(remote);
    if (known) return known;
    const column = new Uint8Array(this.#size);
    columns.set(remote, column);
    return column;
  }

  #isFree(index: number, remote: number): boolean {
    if (this.#lost[index] || this.#lostTowards.get(remote)?.[index]) return false;
    return this.#plan.shared ? !this.#heldTowards.get(remote)?.[index] : this.#held[index] === 0;
  }

  #find(remote: number): number {
    switch (this.#plan.order) {
      case 'sequential':
        return this.#findSequential(remote);
      case 'random':
        return this.#findRandom(remote);
      case 'per-remote':
        return this.#findPerRemote(remote);
      case 'fixed':
        return this.#walk(0, 1, remote);
    }
  }

  #findSequential(remote: number): number {
    const index = this.#walk(this.#pointer, 1, remote);
    if (index >= 0) this.#pointer = (index + 1) % this.#size;
    return index;
  }

  #findRandom(remote: number): number {
    for (let attempt = 0; attempt < RANDOM_TRIES; attempt++) {
      const index = this.#random.below(this.#size);
      if (this.#isFree(index, remote)) return index;
    }
    return this.#walk(this.#random.below(this.#size), 1, remote);
  }

  /** Linux connect(): a start per destination, every second port first, each pick moving on by 2 to 16. */
  #findPerRemote(remote: number): number {
    const start = this.#pointers.get(remote) ?? this.#random.below(this.#size >> 1) * 2;
    let index = this.#walk(start, 2, remote);
    if (index < 0) index = this.#walk(start + 1, 2, remote);
    if (index >= 0) this.#pointers.set(remote, (index - (index & 1) + 2 + 2 * this.#random.below(8)) % this.#size);
    return index;
  }

  #walk(start: number, step: number, remote: number): number {
    const count = Math.floor(this.#size / step);
    for (let tried = 0, index = start % this.#size; tried < count; tried++) {
      if (this.#isFree(index, remote)) return index;
      index += step;
      if (index >= this.#size) index -= step * count;
    }
    return -1;
  }
}
