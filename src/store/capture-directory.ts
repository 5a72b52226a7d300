/** Captures in a folder: `incoming/<id>.part` while they arrive, `captures/<id>` when they are there. */
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat, statfs, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isId, newId } from '../contract/ids.ts';
import { PortledgerError } from '../errors.ts';
import { absentAsNull, FILE_MODE, makeFolder, PART, sweepParts, sync } from './files.ts';
import { asStorageFull, Inflow } from './inflow.ts';
import type { CaptureStore, IncomingCapture, StoredCapture } from './store.ts';

export interface CaptureDirectoryOptions {
  readonly root: string;
  readonly maxCaptureBytes: number;
  readonly diskReserveBytes: number;
  /** What an upload left that is untouched for so long is removed at the start; 0 when no other process is there. */
  readonly sweepUntouchedSeconds: number;
}

export async function openCaptureDirectory(options: CaptureDirectoryOptions): Promise<CaptureStore> {
  const incoming = join(options.root, 'incoming');
  const captures = join(options.root, 'captures');
  await makeFolder(incoming);
  await makeFolder(captures);
  await sweepParts(incoming, options.sweepUntouchedSeconds);
  return new CaptureDirectory(incoming, captures, options);
}

class CaptureDirectory implements CaptureStore {
  readonly #incoming: string;
  readonly #captures: string;
  readonly #limits: CaptureDirectoryOptions;
  /** The uploads that run, with the bytes each has announced. */
  readonly #running = new Map<Inflow, number>();

  constructor(incoming: string, captures: string, limits: CaptureDirectoryOptions) {
    this.#incoming = incoming;
    this.#captures = captures;
    this.#limits = limits;
  }

  async create(announcedBytes = 0): Promise<IncomingCapture> {
    const { maxCaptureBytes } = this.#limits;
    if (announcedBytes > maxCaptureBytes) {
      const message = `the upload has ${announcedBytes} bytes, more than the ${maxCaptureBytes} that are taken here`;
      throw new PortledgerError('body-too-large', message);
    }
    const free = await this.#freeBytes();
    if (announcedBytes > free || free <= 0) {
      const message = `the upload needs ${announcedBytes} bytes, the disk has ${Math.max(0, free)} above its reserve`;
      throw new PortledgerError('storage-full', message);
    }
    return this.#begin(announcedBytes);
  }

  async #begin(announcedBytes: number): Promise<IncomingCapture> {
    const id = newId();
    const part = join(this.#incoming, id + PART);
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
    const file = await open(part, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), FILE_MODE).catch(
      (error: unknown) => {
        throw asStorageFull(error);
      },
    );
    const inflow = this.#inflow(file, announcedBytes);
    return new DirectoryIncoming(id, part, inflow, () => this.#publish(id, part));
  }

  async #publish(id: string, part: string): Promise<void> {
    await rename(part, join(this.#captures, id));
    await sync(this.#captures);
  }

  #inflow(file: FileHandle, announcedBytes: number): Inflow {
    const inflow = new Inflow(file, {
      maxBytes: this.#limits.maxCaptureBytes,
      checkRoom: async () => {
        const free = await this.#freeBytes(inflow);
        if (free < 0) throw new PortledgerError('storage-full', 'the disk is down to its reserve');
      },
    });
    this.#running.set(inflow, announcedBytes);
    inflow.once('close', () => this.#running.delete(inflow));
    return inflow;
  }

  async stat(id: string): Promise<{ bytes: number } | null> {
    if (!isId(id)) return null;
    const found = await stat(join(this.#captures, id)).catch(absentAsNull);
    return found === null ? null : { bytes: found.size };
  }

  async read(id: string, range?: { start: number; end: number }) {
    const file = await open(this.path(id), 'r').catch(absentAsNull);
    if (file === null) throw unknownCapture(id);
    return file.createReadStream({ highWaterMark: 2 ** 18, ...range });
  }

  path(id: string): string {
    if (!isId(id)) throw unknownCapture(id);
    return join(this.#captures, id);
  }

  async delete(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    return (await unlink(join(this.#captures, id)).catch(absentAsNull)) !== null;
  }

  async roomBytes(): Promise<number> {
    return Math.max(0, Math.min(this.#limits.maxCaptureBytes, await this.#freeBytes()));
  }

  sweep(untouchedSeconds: number): Promise<void> {
    return sweepParts(this.#incoming, untouchedSeconds);
  }

  /** Above the reserve and what the other uploads have still to write; negative when the disk is below its reserve. */
  async #freeBytes(asking?: Inflow): Promise<number> {
    const { bavail, bsize } = await statfs(this.#incoming);
    let free = bavail * bsize - this.#limits.diskReserveBytes;
    for (const [inflow, announced] of this.#running) {
      if (inflow !== asking) free -= Math.max(0, announced - inflow.bytes);
    }
    return free;
  }
}

/** Well within the time after which an upload that nobody touches counts as dead. */
const TOUCH_EVERY_MS = 20_000;

class DirectoryIncoming implements IncomingCapture {
  readonly id: string;
  readonly stream: Inflow;
  readonly #part: string;
  readonly #publish: () => Promise<void>;
  /** A file that has come waits for the rest of its request, which may take hours: other processes see that it lives. */
  readonly #alive: NodeJS.Timeout;
  #settled = false;

  constructor(id: string, part: string, stream: Inflow, publish: () => Promise<void>) {
    this.id = id;
    this.stream = stream;
    this.#part = part;
    this.#publish = publish;
    this.#alive = setInterval(() => void touch(part), TOUCH_EVERY_MS).unref();
    // Whoever pipes into the stream learns of its errors; without a listener they would end the process.
    stream.on('error', () => undefined);
  }

  async commit(announced: { bytes?: number | undefined; sha256?: string | undefined } = {}): Promise<StoredCapture> {
    try {
      const stored = this.#check(announced);
      await this.#publish();
      this.#settle();
      return stored;
    } catch (error) {
      await this.abort();
      throw asStorageFull(error);
    }
  }

  #check(announced: { bytes?: number | undefined; sha256?: string | undefined }): StoredCapture {
    const { bytes } = this.stream;
    const expected = announced.bytes ?? bytes;
    if (!this.stream.writableFinished || bytes !== expected) {
      throw new PortledgerError(
        'body-incomplete',
        `${bytes} bytes arrived of ${announced.bytes ?? 'an unknown number'}`,
      );
    }
    const sha256 = this.stream.sha256();
    if (announced.sha256 !== undefined && announced.sha256.toLowerCase() !== sha256) {
      throw new PortledgerError('digest-mismatch', `the bytes have the SHA-256 ${sha256}, not ${announced.sha256}`);
    }
    return { id: this.id, bytes, sha256 };
  }

  #settle(): void {
    this.#settled = true;
    clearInterval(this.#alive);
  }

  async abort(): Promise<void> {
    if (this.#settled) return;
    this.#settle();
    if (!this.stream.closed) {
      const closed = new Promise((resolve) => this.stream.once('close', resolve));
      this.stream.destroy();
      await closed;
    }
    await rm(this.#part, { force: true });
  }
}

/** At the next time, if not now. */
const touch = (path: string) => utimes(path, new Date(), new Date()).catch(() => undefined);

const unknownCapture = (id: string) =>
  new PortledgerError('capture-not-found', `there is no capture "${id.slice(0, 64)}"`);
