/** Captures inside a zip archive, each read as a stream; nothing is unpacked to disk. */
import { closeSync, openSync } from 'node:fs';
import { type Entry, fromFd, type ZipFile } from 'yauzl';
import { CaptureReader } from '../src/analysis/capture/capture-reader.ts';
import { Addresses } from '../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../src/analysis/segment/named-processes.ts';
import { Timeline } from '../src/analysis/segment/timeline.ts';
import { PortledgerError } from '../src/errors.ts';
import type { CaptureFile } from './capture-file.ts';
import { CompressedInput } from './compressed-input.ts';
import { bounded } from './decompression.ts';
import { unzipped } from './unzip.ts';

/** A ring buffer has hundreds of files; an archive of more entries is none. */
const MAX_ENTRIES = 10_000;
/** Enough to tell any format. */
const BEGINNING = 64;

export interface ArchivedCapture {
  /** Name of the archive and path in it. */
  readonly name: string;
  readonly file: CaptureFile;
}

interface Archive {
  readonly zip: ZipFile;
  readonly descriptor: number;
}

/** The captures in the archive, in the order of its directory; other files in it are passed over. */
export async function openArchive(path: string, name: string): Promise<ArchivedCapture[]> {
  const archive = await open(path, name);
  const entries = await entriesOf(archive.zip, name);
  const captures: ArchivedCapture[] = [];
  for (const entry of entries.filter((one) => one.canDecodeFileData())) {
    const file = new ArchivedFile(archive, entry);
    if (await beginsAsCapture(file)) captures.push({ name: `${name}/${entry.fileName}`, file });
  }
  if (captures.length > 0) return captures;
  archive.zip.close();
  const message = `${name}: the archive holds ${entries.length} ${entries.length === 1 ? 'file' : 'files'}, and no packet capture among them`;
  throw new PortledgerError('capture-not-recognised', message);
}

/** The archive stays open until the process ends: its captures are read side by side. */
function open(path: string, name: string): Promise<Archive> {
  const descriptor = openSync(path, 'r');
  return new Promise((resolve, reject) => {
    fromFd(descriptor, { lazyEntries: true, autoClose: false, validateEntrySizes: false }, (error, zip) => {
      if (error === null) return resolve({ zip, descriptor });
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
async function beginsAsCapture(file: ArchivedFile): Promise<boolean> {
  try {
    let beginning = new Uint8Array(0);
    for await (const chunk of file.chunks()) {
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

class ArchivedFile implements CaptureFile {
  readonly compression = 'zip';
  readonly #archive: Archive;
  readonly #entry: Entry;
  consumed = 0;

  constructor(archive: Archive, entry: Entry) {
    this.#archive = archive;
    this.#entry = entry;
  }

  get bytes(): number {
    return this.#entry.compressedSize;
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    const { zip, descriptor } = this.#archive;
    const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(this.#entry, { minimal: true });
    this.consumed = 0;
    const onConsumed = (octets: number) => {
      this.consumed += octets;
    };
    const input = new CompressedInput(descriptor, onConsumed, { start, length: this.bytes });
    yield* bounded(unzipped(this.#entry, input), this.compression, () => this.consumed);
  }

  close(): void {}
}
