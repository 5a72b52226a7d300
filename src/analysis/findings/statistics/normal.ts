const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** Where the series needs too many terms, the continued fraction converges quickly. */
const SERIES_UNTIL = 3;

/** Chance that a standard normal value exceeds `z`; exact to better than 1e-9 of the value. */
export function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const density = Math.exp((-z * z) / 2) / ROOT_TWO_PI;
  return z < SERIES_UNTIL ? 0.5 - density * series(z) : density / continuedFraction(z);
}

/** z + z^3/3 + z^5/(3*5) + ... (Abramowitz and Stegun 26.2.11). */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + ...))) (Abramowitz and Stegun 26.2.14). */
function continuedFraction(z: number): number {
  let value = z;
  for (let level = 120; level >= 1; level--) value = z + level / value;
  return value;
}
