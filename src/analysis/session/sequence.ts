/** Arithmetic modulo 2^32 on sequence numbers (RFC 9293 section 3.4). */

/**
 * Within this distance two sequence numbers are taken as the same connection's: more than any window in use, little
 * enough that an unrelated ISN falls inside by chance once in 128 times.
 */
export const NEAR = 2 ** 24;

export function isNear(a: number, b: number): boolean {
  const apart = (b - a) | 0;
  return apart < NEAR && apart > -NEAR;
}

/** The acknowledgment number lies between ISN + 1 and ISN + 2^24: it answers this SYN, or what followed it. */
export function acknowledges(isn: number, ack: number): boolean {
  const ahead = (ack - isn) | 0;
  return ahead >= 1 && ahead <= NEAR;
}
