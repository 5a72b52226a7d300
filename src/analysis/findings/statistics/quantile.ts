import { select } from '../../ledger/selection.ts';

/**
 * The nearest-rank quantile: the smallest value that a share `q` of all does not exceed. NaN for no values; none of them
 * may be NaN.
 */
export function quantile(values: Float64Array, q: number): number {
  if (values.length === 0) return Number.NaN;
  return select(values.slice(), Math.max(0, Math.ceil(q * values.length) - 1));
}

/** The middle value, or the mean of the two in the middle. NaN for no values. */
export function median(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
