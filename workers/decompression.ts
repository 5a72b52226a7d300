/** Undoes the compression of a capture while it is read, within bounds. */
import { closeSync, openSync } from 'node:fs';
import { PortledgerError } from '../src/errors.ts';
import type { Compression } from './capture-file.ts';
import { CompressedInput } from './compressed-input.ts';
import { gunzipped } from './gunzip.ts';
import { unzstd } from './unzstd.ts';

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
  const descriptor = openSync(path, 'r');
  let consumed = 0;
  const input = new CompressedInput(descriptor, (octets) => {
    consumed += octets;
    onConsumed(octets);
  });
  try {
    yield* bounded(compression === 'gzip' ? gunzipped(input) : unzstd(input), compression, () => consumed);
  } finally {
    closeSync(descriptor);
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
