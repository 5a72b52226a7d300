/** A compressed file, or a part of one, read by position: a decoder may be fed again from its start. */
import { readSync } from 'node:fs';

/** Where in the file the compressed octets stand. */
export interface Extent {
  readonly start: number;
  readonly length: number;
}

const WHOLE: Extent = { start: 0, length: Number.POSITIVE_INFINITY };

export class CompressedInput {
  /** Octets before the one that `next` begins with. */
  position = 0;
  readonly #descriptor: number;
  readonly #onConsumed: (octets: number) => void;
  readonly #extent: Extent;
  #buffer = new Uint8Array(0);
  #furthest = 0;

  /** `onConsumed` hears of every octet once, however often it is read. */
  constructor(descriptor: number, onConsumed: (octets: number) => void, extent: Extent = WHOLE) {
    this.#descriptor = descriptor;
    this.#extent = extent;
    this.#onConsumed = onConsumed;
  }

  /** The next `limit` octets, fewer at the end only; valid until the next call. */
  next(limit: number): Uint8Array {
    const wanted = Math.min(limit, this.#extent.length - this.position);
    if (wanted > this.#buffer.length) this.#buffer = new Uint8Array(wanted);
    const from = this.#extent.start + this.position;
    let length = 0;
    while (length < wanted) {
      const read = readSync(this.#descriptor, this.#buffer, length, wanted - length, from + length);
      if (read === 0) break;
      length += read;
    }
    this.position += length;
    this.#tell();
    return this.#buffer.subarray(0, length);
  }

  /** As `next`, where the format says that so many octets follow. */
  exactly(length: number): Uint8Array {
    const at = this.position;
    const octets = this.next(length);
    if (octets.length === length) return octets;
    throw new Error(`${length} octets are due at octet ${at} of the file, and it ends after ${octets.length}`);
  }

  #tell(): void {
    if (this.position <= this.#furthest) return;
    this.#onConsumed(this.position - this.#furthest);
    this.#furthest = this.position;
  }
}
