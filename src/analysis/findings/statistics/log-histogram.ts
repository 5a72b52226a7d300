const BINS_PER_DOUBLING = 32;
/** From 1 ns to 2^63 ns. */
const BINS = 63 * BINS_PER_DOUBLING + 1;

const NONE = new Uint32Array(0);

/**
 * Durations in bins 2.2 % wide: a quantile of a growing list in constant memory, where sorting it anew for every
 * question would cost more than reading the capture.
 */
export class LogHistogram {
  #counts = NONE;
  #total = 0;

  add(nanoseconds: number): void {
    if (this.#total === 0) this.#counts = new Uint32Array(BINS);
    this.#counts[binOf(nanoseconds)]!++;
    this.#total++;
  }

  /** Upper edge of the bin that holds the nearest-rank quantile, so never below it; 0 for no values. */
  quantile(q: number): number {
    const rank = Math.ceil(q * this.#total);
    let seen = 0;
    for (let bin = 0; bin < BINS && rank > 0; bin++) {
      seen += this.#counts[bin]!;
      if (seen >= rank) return 2 ** (bin / BINS_PER_DOUBLING);
    }
    return 0;
  }
}

function binOf(nanoseconds: number): number {
  if (!(nanoseconds > 1)) return 0;
  return Math.min(BINS - 1, Math.ceil(Math.log2(nanoseconds) * BINS_PER_DOUBLING));
}
