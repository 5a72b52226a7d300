/** Share of the pool at which it counts as full: listeners, excluded ranges and other interfaces are unseen (DOMAIN F1). */
export const FULL_SHARE = 0.9;

/** Adds up the time that a pool of `usable` ports was full. Times in ns. */
export class FullTime {
  readonly #threshold: number;
  #isFull = false;
  #from = Number.NaN;
  #until = Number.NaN;
  #total = 0;
  #longestFrom = Number.NaN;
  #longestTo = Number.NaN;

  constructor(usable: number) {
    this.#threshold = usable > 0 ? FULL_SHARE * usable : Number.POSITIVE_INFINITY;
  }

  /** From `time` on, `busy` ports are in use. */
  level(busy: number, time: number): void {
    const isFull = busy >= this.#threshold;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    if (!isFull) {
      this.#until = time;
    } else if (this.#until !== time) {
      // Left and reached again at one moment, it is the same stretch.
      this.#close();
      this.#from = time;
    }
  }

  /** The capture ends at `time`. */
  end(time: number): void {
    if (this.#isFull) this.#until = time;
    this.#close();
  }

  #close(): void {
    const length = this.#until - this.#from;
    if (Number.isNaN(length)) return;
    this.#total += length;
    if (!(length <= this.#longestTo - this.#longestFrom)) {
      this.#longestFrom = this.#from;
      this.#longestTo = this.#until;
    }
  }

  figures() {
    const longest = this.#longestTo - this.#longestFrom;
    return {
      fullSeconds: this.#total / 1e9,
      longestFullSeconds: Number.isNaN(longest) ? 0 : longest / 1e9,
      longestFullFrom: this.#longestFrom,
      longestFullTo: this.#longestTo,
    };
  }
}
