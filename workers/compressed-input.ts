/** A compressed file, read by position: a decoder may be fed again from its start. */
import { readSync } from 'node:fs';

/** More than any piece that is asked for. */
const CAPACITY = 256 * 1024;

export class CompressedInput {
  /** Octets before the one that `next` begins with. */
  position = 0;
  readonly #descriptor: number;
  readonly #onConsumed: (octets: number) => void;
  readonly #buffer = new Uint8Array(CAPACITY);
  #furthest = 0;

  /** `onConsumed` hears of every octet once, however often it is read. */
  constructor(descriptor: number, onConsumed: (octets: number) => void) {
    this.#descriptor = descriptor;
    this.#onConsumed = onConsumed;
  }

  /** The next `limit` octets, fewer at the end of the file only; valid until the next call. */
  next(limit: number): Uint8Array {
    let length = 0;
    while (length < limit) {
      const read = readSync(this.#descriptor, this.#buffer, length, limit - length, this.position + length);
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
