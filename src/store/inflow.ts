import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { PortledgerError } from '../errors.ts';

export interface InflowLimits {
  readonly maxBytes: number;
  /** Called every so often: rejects when the disk has no room left above its reserve. */
  readonly checkRoom: () => Promise<void>;
}

const CHECK_ROOM_EVERY = 64 * 2 ** 20;
const HIGH_WATER = 2 ** 20;

/** Writes an upload to a file, counts and hashes it. Finished means durable: the file is synced before `finish`. */
export class Inflow extends Writable {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #limits: InflowLimits;
  readonly #hash = createHash('sha256');
  #nextCheck = CHECK_ROOM_EVERY;

  constructor(file: FileHandle, limits: InflowLimits) {
    super({ highWaterMark: HIGH_WATER, decodeStrings: true });
    this.#file = file;
    this.#limits = limits;
  }

  /** Lower-case hex; to be asked for once, when finished. */
  sha256(): string {
    return this.#hash.digest('hex');
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#append([chunk]).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#append(chunks.map(({ chunk }) => chunk)).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#file.sync().then(
      () => done(),
      (error: unknown) => done(asStorageFull(error)),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.close().then(() => done(error), done);
  }

  async #append(chunks: Buffer[]): Promise<void> {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (this.bytes + length > this.#limits.maxBytes) {
      const message = `the upload goes beyond ${this.#limits.maxBytes} bytes, the most that is taken here`;
      throw new PortledgerError('body-too-large', message);
    }
    const written = this.#writeAll(chunks); // goes on in another thread while this one hashes
    for (const chunk of chunks) this.#hash.update(chunk);
    await written.catch((error: unknown) => {
      throw asStorageFull(error);
    });
    this.bytes += length;
    if (this.bytes >= this.#nextCheck) {
      this.#nextCheck = this.bytes + CHECK_ROOM_EVERY;
      await this.#limits.checkRoom();
    }
  }

  /** A disk that fills up takes a part and refuses the rest. */
  async #writeAll(chunks: Buffer[]): Promise<void> {
    if (chunks.length > 1) {
      const { bytesWritten } = await this.#file.writev(chunks);
      if (bytesWritten === chunks.reduce((sum, chunk) => sum + chunk.length, 0)) return;
      chunks = [Buffer.concat(chunks).subarray(bytesWritten)];
    }
    let rest = chunks[0]!;
    while (rest.length > 0) rest = rest.subarray((await this.#file.write(rest)).bytesWritten);
  }
}

export function asStorageFull(error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error as Error;
  return new PortledgerError('storage-full', 'the disk is full', { cause: error });
}
