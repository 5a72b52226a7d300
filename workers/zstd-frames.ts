/** The frames and blocks of Zstandard (RFC 8878), as far as their lengths tell where each ends. */
import { PortledgerError } from '../src/errors.ts';
import type { CompressedInput } from './compressed-input.ts';

/** Section 3.1.1, as the little-endian number that it is. */
export const ZSTD_FRAME = 0xfd2f_b528;
/** Section 3.1.2: sixteen numbers. */
export const isSkippableFrame = (magic: number) => magic >>> 4 === 0x0184_d2a5;

/** Section 3.1.1.2.4: no block is larger, and none makes more. */
export const MAX_BLOCK = 128 * 1024;
/** What the zstd command takes unless it is told otherwise; the window is held in memory. */
const MAX_WINDOW = 128 * 2 ** 20;

const RLE = 1;

export interface FrameHeader {
  readonly length: number;
  /** Four octets of it stand behind the last block. */
  readonly checksum: boolean;
}

/** Section 3.1.1.1, of the frame that begins where the input stands; it stands there still. */
export function frameHeader(input: CompressedInput): FrameHeader {
  const at = input.position;
  const descriptor = peek(input, 5).getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  const size = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const length = 5 + (single ? 0 : 1) + dictionary + size;
  const header = peek(input, length);
  const window = single ? contentSize(header, length - size, size) : windowSize(header.getUint8(5));
  if (window > MAX_WINDOW) throw beyondWindow(at, window);
  return { length, checksum: (descriptor & 4) !== 0 };
}

/** Section 3.1.1.1.4. */
function contentSize(header: DataView, at: number, size: number): number {
  if (size === 1) return header.getUint8(at);
  if (size === 2) return header.getUint16(at, true) + 256;
  return size === 4 ? header.getUint32(at, true) : Number(header.getBigUint64(at, true));
}

/** Section 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function beyondWindow(at: number, window: number): PortledgerError {
  const message =
    `the zstd frame at octet ${at} of the file needs a window of ${window} octets, more than ${MAX_WINDOW}: ` +
    'decompress it and send the capture itself';
  return new PortledgerError('decompression-limit', message);
}

export const BLOCK_HEADER = 3;

export interface BlockHeader {
  readonly last: boolean;
  /** Of what follows the header. */
  readonly length: number;
}

/** Section 3.1.1.2, of the header that begins at octet `at` of the file. */
export function blockHeader(octets: Uint8Array, at: number): BlockHeader {
  const header = octets[0]! | (octets[1]! << 8) | (octets[2]! << 16);
  const size = header >> 3;
  if (size > MAX_BLOCK)
    throw new Error(`a block of ${size} octets, more than ${MAX_BLOCK}, at octet ${at} of the file`);
  return { last: (header & 1) !== 0, length: ((header >> 1) & 3) === RLE ? 1 : size };
}

function peek(input: CompressedInput, length: number): DataView {
  const at = input.position;
  const octets = input.exactly(length);
  input.position = at;
  return new DataView(octets.buffer, octets.byteOffset, length);
}
