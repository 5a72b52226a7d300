/**
 * Zstandard (RFC 8878): any number of frames, skippable ones among them. Frames and blocks are told apart here: node's
 * decoder stops behind the first frame without a word, and that of Node 22 takes a frame that is cut for a whole one.
 */
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import type { CompressedInput } from './compressed-input.ts';
import { StepDecoder, type ZlibStream } from './step-decoder.ts';
import { BLOCK_HEADER, blockHeader, frameHeader, isSkippableFrame, MAX_BLOCK, ZSTD_FRAME } from './zstd-frames.ts';

/**
 * What the file holds. Throws where it is damaged, cut, or goes on with anything but a frame; the blocks before are
 * handed out first.
 */
export async function* unzstd(input: CompressedInput): AsyncIterable<Uint8Array> {
  for (;;) {
    const at = input.position;
    const magic = input.next(4);
    if (magic.length === 0) return;
    input.position = at;
    const number = magic.length < 4 ? 0 : littleEndian(magic, 0);
    if (isSkippableFrame(number)) skip(input);
    else if (number === ZSTD_FRAME) yield* frame(input);
    else throw new Error(`no frame begins at octet ${at} of the file`);
  }
}

function skip(input: CompressedInput): void {
  const length = littleEndian(input.exactly(8), 4);
  for (let left = length; left > 0; left -= MAX_BLOCK) input.exactly(Math.min(left, MAX_BLOCK));
}

const littleEndian = (octets: Uint8Array, at: number) =>
  new DataView(octets.buffer, octets.byteOffset, octets.length).getUint32(at, true);

/** Block by block, so that those before a damaged one are out. */
async function* frame(input: CompressedInput): AsyncIterable<Uint8Array> {
  const { length, checksum } = frameHeader(input);
  const decoder = frameDecoder();
  try {
    yield* await decoder.write(input.exactly(length));
    for (let last = false; !last; ) {
      const header = input.exactly(BLOCK_HEADER);
      const block = blockHeader(header, input.position - BLOCK_HEADER);
      // By itself: only then does fzstd let go of the block before.
      yield* await decoder.write(header);
      yield* await decoder.write(input.exactly(block.length));
      last = block.last;
    }
    if (checksum) yield* await decoder.write(input.exactly(4));
    yield* await decoder.finish();
  } finally {
    decoder.close();
  }
}

interface FrameDecoder {
  write(octets: Uint8Array): Promise<Uint8Array[]> | Uint8Array[];
  finish(): Promise<Uint8Array[]> | Uint8Array[];
  close(): void;
}

/** Node has its own from 22.15 on, three times as fast. */
function frameDecoder(): FrameDecoder {
  const native = (zlib as { createZstdDecompress?: () => ZlibStream }).createZstdDecompress;
  return native === undefined ? new ScriptedDecoder() : new StepDecoder(native());
}

class ScriptedDecoder implements FrameDecoder {
  #output: Uint8Array[] = [];
  readonly #decompress = new Decompress((chunk) => this.#output.push(chunk));

  /** It keeps what it is given until a block is whole. */
  write(octets: Uint8Array): Uint8Array[] {
    return this.#push(octets.slice(), false);
  }

  finish(): Uint8Array[] {
    return this.#push(new Uint8Array(0), true);
  }

  close(): void {}

  #push(octets: Uint8Array, last: boolean): Uint8Array[] {
    this.#decompress.push(octets, last);
    const output = this.#output;
    this.#output = [];
    return output;
  }
}
