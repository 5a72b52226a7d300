import { upperTail } from './normal.ts';

export interface Trend {
  /** Positive where the values rise. */
  readonly z: number;
  /** Chance of a trend this strong, in either direction, without any. */
  readonly p: number;
}

/** The rank test of Mann and Kendall for a monotonous trend, with the correction for ties. */
export function mannKendall(values: readonly number[]): Trend {
  const n = values.length;
  let s = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) s += Math.sign(values[j]! - values[i]!);
  }
  const variance = (n * (n - 1) * (2 * n + 5) - tieTerm(values)) / 18;
  if (variance <= 0 || s === 0) return { z: 0, p: 1 };
  const z = (s - Math.sign(s)) / Math.sqrt(variance);
  return { z, p: Math.min(1, 2 * upperTail(Math.abs(z))) };
}

function tieTerm(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let term = 0;
  for (const t of counts.values()) term += t * (t - 1) * (2 * t + 5);
  return term;
}
