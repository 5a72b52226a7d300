/** Below this the logarithm of the factorial is summed, above it Stirling's series is exact to 1e-12. */
const SUM_UNTIL = 32;

/**
 * Fisher's exact test, one-sided: the chance that at least `hits` of `drawn` things are marked when `marked` of `total`
 * are, and the mark has nothing to do with the drawing.
 */
export function fisherAtLeast(hits: number, drawn: number, marked: number, total: number): number {
  const most = Math.min(drawn, marked);
  let p = 0;
  for (let k = Math.max(hits, drawn + marked - total, 0); k <= most; k++) {
    const term = hypergeometric(k, drawn, marked, total);
    p += term;
    if (term < p * 1e-15) break;
  }
  return Math.min(1, p);
}

function hypergeometric(k: number, drawn: number, marked: number, total: number): number {
  const log = logChoose(marked, k) + logChoose(total - marked, drawn - k) - logChoose(total, drawn);
  return Math.exp(log);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

function logFactorial(n: number): number {
  if (n < SUM_UNTIL) {
    let sum = 0;
    for (let k = 2; k <= n; k++) sum += Math.log(k);
    return sum;
  }
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
