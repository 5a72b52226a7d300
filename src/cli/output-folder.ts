/** The folder of `--out`: it gets all files of a result at once, at the end, or keeps what it had. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { PortledgerError } from '../errors.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export class OutputFolder {
  /** Within the folder, so that a rename suffices. */
  readonly draft: string;
  readonly #folder: string;
  /** The outermost folder that was not there before. */
  readonly #made: string | undefined;

  private constructor(folder: string, made: string | undefined, draft: string) {
    this.#folder = folder;
    this.#made = made;
    this.draft = draft;
    for (const [signal, status] of Object.entries(SIGNALS)) {
      process.once(signal, () => {
        this.undo();
        process.exit(status);
      });
    }
  }

  /** Before the analysis, which may take hours. Throws `option-invalid` where nothing can be written. */
  static make(folder: string): OutputFolder {
    try {
      if (folder === '') throw new Error('a folder has a name');
      const made = mkdirSync(normalize(folder), { recursive: true });
      return new OutputFolder(folder, made, mkdtempSync(join(folder, '.portledger-')));
    } catch (cause) {
      throw new PortledgerError('option-invalid', `--out: ${(cause as Error).message}`, { cause });
    }
  }

  publish(): void {
    try {
      for (const file of readdirSync(this.draft)) renameSync(join(this.draft, file), join(this.#folder, file));
    } finally {
      rmSync(this.draft, { recursive: true, force: true });
    }
  }

  /** Leaves no new folder behind either, unless somebody has put something there. */
  undo(): void {
    rmSync(this.draft, { recursive: true, force: true });
    if (this.#made === undefined) return;
    const outermost = resolve(this.#made);
    for (let folder = resolve(this.#folder); folder.length >= outermost.length; folder = dirname(folder)) {
      if (readdirSync(folder).length > 0) return;
      rmdirSync(folder);
    }
  }
}
