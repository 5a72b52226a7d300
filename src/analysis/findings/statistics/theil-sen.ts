import { median } from './quantile.ts';

/** Median slope over all pairs of values that stand one step apart each: a line that outliers cannot tilt. */
export function theilSen(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) slopes[at++] = (values[j]! - values[i]!) / (j - i);
  }
  return median(slopes);
}
