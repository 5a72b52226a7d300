/** One file of a zip archive (APPNOTE.TXT of PKWARE section 4.4.5: stored, or deflated). */
import { crc32, createInflateRaw } from 'node:zlib';
import type { CompressedInput } from './compressed-input.ts';
import { inflated, OUTPUT } from './inflate.ts';

const STORED = 0;
const PIECE = 256 * 1024;

/** As the archive's directory has it. */
export interface Packed {
  readonly compressionMethod: number;
  readonly uncompressedSize: number;
  readonly crc32: number;
}

/** What the file holds. Throws where it is damaged, or has another size or check than the directory says. */
export async function* unzipped(packed: Packed, input: CompressedInput): AsyncIterable<Uint8Array> {
  let length = 0;
  let check = 0;
  for await (const chunk of unpacked(packed, input)) {
    length += chunk.length;
    check = crc32(chunk, check);
    yield chunk;
  }
  if (length !== packed.uncompressedSize) {
    throw new Error(`the directory of the archive has ${packed.uncompressedSize} octets, the file ${length}`);
  }
  if (check !== packed.crc32) {
    throw new Error(`the directory of the archive has the CRC-32 ${hex(packed.crc32)}, the file ${hex(check)}`);
  }
}

function unpacked(
  { compressionMethod }: Packed,
  input: CompressedInput,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (compressionMethod === STORED) return pieces(input);
  return inflated(() => createInflateRaw({ chunkSize: OUTPUT }), input);
}

function* pieces(input: CompressedInput): Iterable<Uint8Array> {
  for (let piece = input.next(PIECE); piece.length > 0; piece = input.next(PIECE)) yield piece;
}

const hex = (check: number) => check.toString(16).padStart(8, '0');
