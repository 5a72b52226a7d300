import type { Segment } from './segment.ts';

/** Copies of one packet lie closer together than this; a retransmission has another identification. */
const WINDOW_NANOSECONDS = 10_000_000;
const SETS = 4096;
const SET_MASK = SETS - 1;
/** Two places of a fingerprint and a time each: one half cache line a set. */
const SET_SHIFT = 2;

/**
 * Recognises a packet that the capture holds twice: mirror ports and several interfaces record one packet at each
 * place it passes. A set-associative table of the last two packets a set; a copy that comes after so many others that
 * both places were taken again (1 in 80,000 after 20 packets) passes as a retransmission.
 */
export class DuplicateFilter {
  readonly #sets = new Float64Array(SETS << SET_SHIFT);

  /** Remembers the packet; true when the same one was seen within the last 10 ms. The hash tells the direction, too. */
  isRepeat(segment: Segment, directedHash: number): boolean {
    const print = fingerprint(segment, directedHash);
    const at = ((print >>> 13) & SET_MASK) << SET_SHIFT;
    const time = segment.time;
    const sets = this.#sets;
    if (sets[at] === print && Math.abs(time - sets[at + 1]!) < WINDOW_NANOSECONDS) return true;
    if (sets[at + 2] === print && Math.abs(time - sets[at + 3]!) < WINDOW_NANOSECONDS) return true;
    sets[at + 2] = sets[at]!;
    sets[at + 3] = sets[at + 1]!;
    sets[at] = print;
    sets[at + 1] = time;
    return false;
  }
}

/** MAC addresses and TTL stay out: a routed copy differs in them. So does the checksum, which offload leaves undone. */
function fingerprint({ seq, ack, identity, length, flags, window }: Segment, directedHash: number): number {
  const numbers = Math.imul(directedHash ^ seq, 0x85ebca6b) ^ Math.imul(ack ^ (window << 15), 0xc2b2ae35);
  const print = Math.imul(numbers ^ (numbers >>> 15) ^ identity, 0x27d4eb2f) ^ (length << 8) ^ flags;
  return Math.imul(print ^ (print >>> 13), 0x165667b1);
}
