import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';

/** What was opened, to be closed in the reverse order; one that fails does not keep the others open. */
export class Closing {
  readonly #log: Log;
  readonly #open: { name: string; close: () => Promise<unknown> }[] = [];
  #closed: Promise<void> | null = null;
  /** The part that is being closed. */
  #closing: string | null = null;

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

  /** Resolves after that time at the latest, and tells what had not closed by then. */
  async closeWithin(seconds: number): Promise<void> {
    const late = new AbortController();
    const overdue = delay(seconds * 1000, 'overdue', { signal: late.signal }).catch(() => 'closed');
    if ((await Promise.race([this.close(), overdue])) === 'overdue') {
      this.#log.error('closing takes too long and is given up', { part: this.#closing, seconds });
    }
    late.abort();
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#open.reverse()) {
      this.#closing = name;
      await close().catch((error: unknown) => this.#log.error('closing failed', { part: name, error }));
    }
  }
}
