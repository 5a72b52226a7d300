/** Opens a capture file, undoes its compression, and hands its octets on in chunks. */
import { closeSync, createReadStream, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { PortledgerError } from '../src/errors.ts';

const CHUNK = 2 ** 20;

const ZIP_ENTRY = 0x504b0304;

/** A capture compresses to a tenth, a flood of equal packets to a hundredth; a bomb to a thousandth and less. */
const MAX_RATIO = 400;
/** Below this an output of any ratio is harmless. */
const FREE_OUTPUT = 64 * 2 ** 20;

export type Compression = 'none' | 'gzip' | 'zstd' | 'zip';

export interface CaptureFile {
  /** Size on disk. */
  readonly bytes: number;
  readonly compression: Compression;
  /** Octets taken from disk so far. */
  readonly consumed: number;
  /**
   * The octets of the capture. A plain file is read synchronously into one buffer that is used again: a chunk is valid
   * until the next. Reading 1 MiB at a time takes half the time of a stream.
   */
  chunks(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  close(): void;
}

/** Throws `file-unreadable` where there is no such file. A zip archive is opened as it is: zip-archive.ts looks inside. */
export function openCaptureFile(path: string, name: string): CaptureFile {
  try {
    const descriptor = openSync(path, 'r');
    const { size } = regularFile(fstatSync(descriptor));
    const compression = compressionOf(descriptor);
    return compression === 'none' || compression === 'zip'
      ? new PlainFile(descriptor, size, compression)
      : new CompressedFile(descriptor, path, size, compression);
  } catch (cause) {
    throw new PortledgerError('file-unreadable', `${name}: ${(cause as Error).message}`, { cause });
  }
}

/** A capture is read twice, and from its start: its digest is made beside. */
function regularFile(stats: Stats): Stats {
  if (stats.isFile()) return stats;
  throw new Error(
    stats.isDirectory() ? 'a folder, not a file' : 'a pipe or a device, not a file: save it as one first',
  );
}

/** By content, never by name (RFC 1952 section 2.3.1, RFC 8878 section 3.1.1, APPNOTE.TXT of PKWARE section 4.3.7). */
function compressionOf(descriptor: number): Compression {
  const magic = Buffer.alloc(4);
  readSync(descriptor, magic, 0, 4, 0);
  if (magic.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (magic.readUInt32BE(0) === 0x28b52ffd) return 'zstd';
  return magic.readUInt32BE(0) === ZIP_ENTRY ? 'zip' : 'none';
}

class PlainFile implements CaptureFile {
  readonly compression: 'none' | 'zip';
  readonly bytes: number;
  consumed = 0;
  readonly #descriptor: number;

  constructor(descriptor: number, bytes: number, compression: 'none' | 'zip') {
    this.#descriptor = descriptor;
    this.bytes = bytes;
    this.compression = compression;
  }

  *chunks(): Iterable<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      const length = readSync(this.#descriptor, buffer, 0, CHUNK, null);
      if (length === 0) return;
      this.consumed += length;
      yield length === CHUNK ? buffer : buffer.subarray(0, length);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

class CompressedFile implements CaptureFile {
  readonly compression: 'gzip' | 'zstd';
  readonly bytes: number;
  consumed = 0;
  readonly #path: string;

  constructor(descriptor: number, path: string, bytes: number, compression: 'gzip' | 'zstd') {
    closeSync(descriptor);
    this.#path = path;
    this.bytes = bytes;
    this.compression = compression;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    const source = createReadStream(this.#path, { highWaterMark: 256 * 1024 });
    source.on('data', (chunk) => {
      this.consumed += chunk.length;
    });
    const plain = source.pipe(this.compression === 'gzip' ? zlib.createGunzip({ chunkSize: CHUNK }) : unzstd());
    source.on('error', (error) => plain.destroy(error));
    try {
      yield* bounded(plain, this.compression, () => this.consumed);
    } finally {
      source.destroy();
      plain.destroy();
    }
  }

  close(): void {}
}

/** What comes out of a decompressor, as long as it is in proportion to what went in. */
export async function* bounded(
  plain: AsyncIterable<Uint8Array>,
  compression: Compression,
  consumed: () => number,
): AsyncIterable<Uint8Array> {
  let output = 0;
  try {
    for await (const chunk of plain) {
      output += chunk.length;
      if (output > FREE_OUTPUT && output > consumed() * MAX_RATIO) throw beyondRatio(compression, output, consumed());
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof PortledgerError) throw cause;
    const message = `the ${compression} data is damaged or cut after ${output} octets of output: ${(cause as Error).message}`;
    throw new PortledgerError('decompression-failed', message, { offset: output, cause });
  }
}

function beyondRatio(compression: Compression, output: number, consumed: number): PortledgerError {
  const message =
    `the ${compression} data grew to ${output} octets from ${consumed}, ` +
    `more than ${MAX_RATIO} times: decompress it and send the capture itself if it is meant so`;
  return new PortledgerError('decompression-limit', message, { offset: output });
}

/** Node has its own from 22.15 on, four times as fast as the one in JavaScript. */
function unzstd(): Transform {
  const native = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return native === undefined ? new ZstdStream() : native();
}

class ZstdStream extends Transform {
  readonly #decompress = new Decompress((chunk) => {
    this.push(chunk);
  });

  override _transform(chunk: Uint8Array, _encoding: string, done: TransformCallback): void {
    this.#push(chunk, false, done);
  }

  override _flush(done: TransformCallback): void {
    this.#push(new Uint8Array(0), true, done);
  }

  #push(chunk: Uint8Array, last: boolean, done: TransformCallback): void {
    try {
      this.#decompress.push(chunk, last);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}
