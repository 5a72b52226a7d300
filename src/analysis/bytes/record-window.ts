/** Who reads whole records out of a window of octets. */
export interface RecordReader {
  /** File offset of octet 0 of the view that `read` is handed; set before each call. */
  origin: number;
  /** Octets that the record at the offset last returned by `read` takes, as far as known: more than were there. */
  readonly needed: number;
  /** Nothing more is read: an error was met, or the rest of the file is of no use. */
  readonly stopped: boolean;
  /**
   * Reads the whole records in [offset, end) and returns the offset behind the last of them. Handed exactly `needed`
   * octets, it either takes all of them or asks for more.
   */
  read(view: DataView, offset: number, end: number): number;
  /** The file is over; [offset, end) was not read. */
  end(view: DataView, offset: number, end: number): void;
}

/**
 * Cuts a stream of chunks into windows of whole records. A record that lies whole in its chunk is read where it is; one
 * that crosses a border is put together in a buffer that grows with the octets that really come, so that a length that
 * lies costs nothing.
 */
export class RecordWindow {
  readonly #reader: RecordReader;
  #held = new Uint8Array(4096);
  #heldView = new DataView(this.#held.buffer);
  #heldLength = 0;
  /** File offset behind the last octet that was taken. */
  #position = 0;

  constructor(reader: RecordReader) {
    this.#reader = reader;
  }

  feed(bytes: Uint8Array): void {
    let at = this.#finishHeld(bytes);
    if (!this.#reader.stopped && at < bytes.length) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#reader.origin = this.#position;
      at = this.#reader.read(view, at, bytes.length);
      if (!this.#reader.stopped) this.#hold(bytes, at, bytes.length);
    }
    this.#position += bytes.length;
  }

  end(): void {
    this.#reader.origin = this.#position - this.#heldLength;
    this.#reader.end(this.#heldView, 0, this.#heldLength);
  }

  /** Completes the record that an earlier chunk began; returns the offset in `bytes` where the next one starts. */
  #finishHeld(bytes: Uint8Array): number {
    let at = 0;
    while (this.#heldLength > 0 && at < bytes.length && !this.#reader.stopped) {
      const until = Math.min(bytes.length, at + this.#reader.needed - this.#heldLength);
      this.#hold(bytes, at, until);
      at = until;
      if (this.#heldLength < this.#reader.needed) break;
      this.#reader.origin = this.#position + at - this.#heldLength;
      if (this.#reader.read(this.#heldView, 0, this.#heldLength) > 0) this.#heldLength = 0;
    }
    return at;
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#heldLength + to - from;
    if (length > this.#held.length) this.#grow(length);
    this.#held.set(bytes.subarray(from, to), this.#heldLength);
    this.#heldLength = length;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, this.#held.length * 2));
    grown.set(this.#held.subarray(0, this.#heldLength));
    this.#held = grown;
    this.#heldView = new DataView(grown.buffer);
  }
}
