/** Captures inside a zip archive, each read as a stream; nothing is unpacked to disk. */
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { CaptureReader } from '../src/analysis/capture/capture-reader.ts';
import { Addresses } from '../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../src/analysis/segment/named-processes.ts';
import { Timeline } from '../src/analysis/segment/timeline.ts';
import { PortledgerError } from '../src/errors.ts';
import type { CaptureFile } from './capture-file.ts';
import { bounded } from './decompression.ts';

/** A ring buffer has hundreds of files; an archive of more entries is none. */
const MAX_ENTRIES = 10_000;
/** Enough to tell any format. */
const BEGINNING = 64;

export interface ArchivedCapture {
  /** Name of the archive and path in it. */
  readonly name: string;
  readonly file: CaptureFile;
}

/** The captures in the archive, in the order of its directory; other files in it are passed over. */
export async function openArchive(path: string, name: string): Promise<ArchivedCapture[]> {
  const archive = await open(path, name);
  const entries = await entriesOf(archive, name);
  const captures: ArchivedCapture[] = [];
  for (const entry of entries) {
    if (await beginsAsCapture(archive, entry)) {
      captures.push({ name: `${name}/${entry.fileName}`, file: new ArchivedFile(archive, entry) });
    }
  }
  if (captures.length > 0) return captures;
  archive.close();
  const message = `${name}: the archive holds ${entries.length} ${entries.length === 1 ? 'file' : 'files'}, and no packet capture among them`;
  throw new PortledgerError('capture-not-recognised', message);
}

/** The archive stays open until the process ends: its captures are read side by side. */
function open(path: string, name: string): Promise<ZipFile> {
  const descriptor = openSync(path, 'r');
  return new Promise((resolve, reject) => {
    fromFd(descriptor, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, archive) => {
      if (error === null) return resolve(archive);
      closeSync(descriptor);
      reject(damaged(name, error));
    });
  });
}

function entriesOf(archive: ZipFile, name: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  return new Promise((resolve, reject) => {
    archive.on('entry', (entry: Entry) => {
      if (!entry.fileName.endsWith('/')) entries.push(entry);
      if (entries.length > MAX_ENTRIES) return reject(tooMany(name));
      archive.readEntry();
    });
    archive.once('end', () => resolve(entries));
    archive.once('error', (error: Error) => reject(damaged(name, error)));
    archive.readEntry();
  });
}

const damaged = (name: string, cause: Error) =>
  new PortledgerError('decompression-failed', `${name}: the zip archive cannot be read: ${cause.message}`, { cause });

const tooMany = (name: string) =>
  new PortledgerError('decompression-limit', `${name}: the zip archive holds more than ${MAX_ENTRIES} files`);

/** Told by content. What is encrypted or packed by another method cannot be told, and is passed over. */
async function beginsAsCapture(archive: ZipFile, entry: Entry): Promise<boolean> {
  try {
    const stream = await streamOf(archive, entry);
    let beginning = new Uint8Array(0);
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      beginning = Buffer.concat([beginning, chunk]);
      if (beginning.length >= BEGINNING) break;
    }
    return isCapture(beginning);
  } catch {
    return false;
  }
}

function isCapture(beginning: Uint8Array): boolean {
  const reader = new CaptureReader(0, new Timeline(), new Addresses(), { accept: () => {} }, new NamedProcesses());
  reader.feed(beginning);
  return reader.summary.format !== 'unknown';
}

function streamOf(archive: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
}

class ArchivedFile implements CaptureFile {
  readonly compression = 'zip';
  readonly #archive: ZipFile;
  readonly #entry: Entry;
  #output = 0;

  constructor(archive: ZipFile, entry: Entry) {
    this.#archive = archive;
    this.#entry = entry;
  }

  get bytes(): number {
    return this.#entry.compressedSize;
  }

  /** As far as the output tells: the stream does not say what it has read. */
  get consumed(): number {
    const { compressedSize, uncompressedSize } = this.#entry;
    return uncompressedSize === 0 ? 0 : Math.min(compressedSize, (this.#output / uncompressedSize) * compressedSize);
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    const stream = await streamOf(this.#archive, this.#entry);
    for await (const chunk of bounded(stream, this.compression, () => this.#entry.compressedSize)) {
      this.#output += chunk.length;
      yield chunk;
    }
  }

  close(): void {}
}
