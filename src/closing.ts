import type { Log } from './log.ts';

/** What was opened, to be closed in the reverse order; one that fails does not keep the others open. */
export class Closing {
  readonly #log: Log;
  readonly #open: { name: string; close: () => Promise<unknown> }[] = [];
  #closed: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, close: () => Promise<unknown>): void {
    this.#open.push({ name, close });
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#open.reverse()) {
      await close().catch((error: unknown) => this.#log.error('closing failed', { part: name, error }));
    }
  }
}
