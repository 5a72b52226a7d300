/** Opens a capture file and hands its octets on in chunks, its compression undone. */
import { closeSync, openSync, readSync } from 'node:fs';
import { PortledgerError } from '../src/errors.ts';
import { regularFile } from './regular-file.ts';
import { isSkippableFrame, ZSTD_FRAME } from './zstd-frames.ts';

const CHUNK = 2 ** 20;

const ZIP_ENTRY = 0x504b0304;
/** Looked through for the first frame that holds something. */
const MAX_SKIPPED = 16;

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
    const { size } = regularFile(path); // A capture is read twice, and from its start: its digest is made beside.
    const descriptor = openSync(path, 'r');
    const compression = compressionOf(descriptor);
    if (compression === 'none' || compression === 'zip') return new PlainFile(descriptor, size, compression);
    closeSync(descriptor);
    return new CompressedFile(path, size, compression);
  } catch (cause) {
    throw new PortledgerError('file-unreadable', `${name}: ${(cause as Error).message}`, { cause });
  }
}

/** By content, never by name (RFC 1952 section 2.3.1, RFC 8878 section 3.1.1, APPNOTE.TXT of PKWARE section 4.3.7). */
function compressionOf(descriptor: number): Compression {
  const magic = Buffer.alloc(4);
  readSync(descriptor, magic, 0, 4, 0);
  if (magic.readUInt16BE(0) === 0x1f8b) return 'gzip';
  if (magic.readUInt32BE(0) === ZIP_ENTRY) return 'zip';
  return isZstd(descriptor) ? 'zstd' : 'none';
}

/** Skippable frames before the first real one tell nothing by themselves: LZ4 has the same. */
function isZstd(descriptor: number): boolean {
  const header = Buffer.alloc(8);
  for (let at = 0, frames = 0; frames < MAX_SKIPPED; frames++) {
    header.fill(0);
    readSync(descriptor, header, 0, 8, at);
    const magic = header.readUInt32LE(0);
    if (!isSkippableFrame(magic)) return magic === ZSTD_FRAME;
    at += 8 + header.readUInt32LE(4);
  }
  return false;
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

  constructor(path: string, bytes: number, compression: 'gzip' | 'zstd') {
    this.#path = path;
    this.bytes = bytes;
    this.compression = compression;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    // Loaded only here: most captures are plain files.
    const { decompressed } = await import('./decompression.ts');
    yield* decompressed(this.#path, this.compression, (octets) => {
      this.consumed += octets;
    });
  }

  close(): void {}
}
