import type { PortUse } from './port-use.ts';

/** Walks starts, releases and ends of TIME_WAIT in the order of time, ends before starts. */
export class PortEvents {
  /** The event at hand. */
  use = -1;
  time = Number.NaN;
  isStart = false;
  readonly #use: PortUse;
  readonly #timeWait: number;
  #start = 0;
  #release = 0;
  #expiry = 0;

  /** `timeWait` in ns. */
  constructor(use: PortUse, timeWait: number) {
    this.#use = use;
    this.#timeWait = timeWait;
  }

  /** Moves on to the next event up to `last`; false when there is none. */
  advance(last: number): boolean {
    const { count, start, released, releasedAt, waiting, waitingFrom } = this.#use;
    const started = this.#start < count ? start[this.#start]! : Number.POSITIVE_INFINITY;
    const release = this.#release < released.length ? releasedAt[this.#release]! : Number.POSITIVE_INFINITY;
    const expiry =
      this.#expiry < waiting.length ? waitingFrom[this.#expiry]! + this.#timeWait : Number.POSITIVE_INFINITY;
    this.time = Math.min(started, release, expiry);
    if (!(this.time <= last) || this.time === Number.POSITIVE_INFINITY) return false;
    this.isStart = started < release && started < expiry;
    if (this.isStart) this.use = this.#start++;
    else if (release <= expiry) this.use = released[this.#release++]!;
    else this.use = waiting[this.#expiry++]!;
    return true;
  }
}
