/** Undoes the compression of a capture while it is read, within bounds. */
import { createReadStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { PortledgerError } from '../src/errors.ts';
import type { Compression } from './capture-file.ts';

const CHUNK = 2 ** 20;

/** A capture compresses to a tenth, a flood of equal packets to a hundredth; a bomb to a thousandth and less. */
const MAX_RATIO = 400;
/** Below this an output of any ratio is harmless. */
const FREE_OUTPUT = 64 * 2 ** 20;

/** The octets of the capture in the file; `onConsumed` hears of those taken from disk. */
export async function* decompressed(
  path: string,
  compression: 'gzip' | 'zstd',
  onConsumed: (octets: number) => void,
): AsyncIterable<Uint8Array> {
  let consumed = 0;
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on('data', (chunk) => {
    consumed += chunk.length;
    onConsumed(chunk.length);
  });
  const plain = source.pipe(compression === 'gzip' ? zlib.createGunzip({ chunkSize: CHUNK }) : unzstd());
  source.on('error', (error) => plain.destroy(error));
  try {
    yield* bounded(plain, compression, () => consumed);
  } finally {
    source.destroy();
    plain.destroy();
  }
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

/** Node has its own from 22.15 on. */
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
