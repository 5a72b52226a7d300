/** A decoder of node:zlib that is fed piece by piece, and whose output of a piece is there when the piece is taken. */
import type { Transform } from 'node:stream';

/** As those of node:zlib are. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

export class StepDecoder {
  /** The format's own end has come: what follows is none of the decoder's. */
  ended = false;
  readonly #stream: ZlibStream;
  #output: Uint8Array[] = [];
  #settle: (error: Error | null) => void = () => {};

  constructor(stream: ZlibStream) {
    this.#stream = stream;
    // Read as it comes: what waits in a stream's buffer is thrown away when the decoder fails.
    stream.on('data', (chunk: Uint8Array) => this.#output.push(chunk));
    stream.on('error', (error) => this.#settle(error));
    stream.on('end', () => {
      this.ended = true;
      this.#settle(null);
    });
  }

  /** Octets of the input up to the format's own end. */
  get consumed(): number {
    return this.#stream.bytesWritten;
  }

  /** The output of these octets. Rejects where they make no sense; what came out of earlier ones was handed out. */
  write(octets: Uint8Array): Promise<Uint8Array[]> {
    return this.#step(() => this.#stream.write(octets, (error) => this.#settle(error ?? null)));
  }

  /** The input is over. Rejects where the format's end has not come. */
  finish(): Promise<Uint8Array[]> {
    return this.#step(() => this.#stream.end());
  }

  close(): void {
    this.#stream.destroy();
  }

  async #step(begin: () => void): Promise<Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#settle = (error) => (error === null ? resolve() : reject(error));
      begin();
    });
    const output = this.#output;
    this.#output = [];
    return output;
  }
}
