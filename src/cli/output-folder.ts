/** The folder of `--out`: it gets all files of a result at once, at the end, or keeps what it had. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { PortledgerError } from '../errors.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export class OutputFolder {
  readonly #folder: string;
  /** The outermost folder that was not there before. */
  #made: string | undefined;
  #draft = '';

  /** Before the analysis, which may take hours. Throws `option-invalid` where nothing can be written. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#undoOnSignals();
    try {
      if (folder === '') throw new Error('a folder has a name');
      this.#make(normalize(folder));
      this.#draft = mkdtempSync(join(folder, '.portledger-'));
    } catch (cause) {
      this.undo();
      throw new PortledgerError('option-invalid', `--out: ${(cause as Error).message}`, { cause });
    }
  }

  /** Within the folder, so that a rename suffices. */
  get draft(): string {
    return this.#draft;
  }

  /** Node's own way of making parents tries for ever where nothing can be made and the system says ENOENT, as in /proc. */
  #make(folder: string): void {
    if (isFolder(folder)) return;
    this.#make(dirname(folder));
    try {
      mkdirSync(folder);
      this.#made ??= folder;
    } catch (error) {
      if (!isFolder(folder)) throw error; // else somebody else made it meanwhile
    }
  }

  #undoOnSignals(): void {
    for (const [signal, status] of Object.entries(SIGNALS)) {
      process.once(signal, () => {
        this.undo();
        process.exit(status);
      });
    }
  }

  publish(): void {
    try {
      for (const file of readdirSync(this.#draft)) renameSync(join(this.#draft, file), join(this.#folder, file));
    } finally {
      this.#removeDraft();
    }
  }

  /** Leaves no new folder behind either, unless somebody has put something there. */
  undo(): void {
    this.#removeDraft();
    if (this.#made === undefined) return;
    const outermost = resolve(this.#made);
    for (let folder = resolve(this.#folder); folder.length >= outermost.length; folder = dirname(folder)) {
      if (!existsSync(folder)) continue;
      if (readdirSync(folder).length > 0) return;
      rmdirSync(folder);
    }
  }

  /** Tables are written on threads of their own, which may add a file meanwhile. */
  #removeDraft(): void {
    if (this.#draft !== '') rmSync(this.#draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
