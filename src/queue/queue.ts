/** The queue hands out work and nothing else: it carries ids, promises at least once, and may forget (the records do not). */

export interface JobQueue {
  /** Fails within a second with `unavailable` when the queue cannot be reached. Twice the same id waits once. */
  add(id: string, options?: { delaySeconds?: number }): Promise<void>;
  /** Takes a waiting job out; one that runs is left alone (its record is told instead). */
  remove(id: string): Promise<void>;
  counts(): Promise<{ waiting: number; delayed: number; active: number }>;
}

export interface Queues {
  readonly analyses: JobQueue;
  readonly deliveries: JobQueue;
  /** Resolves when the queue answers; rejects with `unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumerOptions {
  readonly concurrency: number;
  /**
   * Does the work of one id. Its return is the end of it, whatever came out; a throw gives it back to the queue.
   * `signal` aborts when the consumer is told to stop: return soon.
   */
  readonly run: (id: string, signal: AbortSignal) => Promise<void>;
  readonly onError: (error: Error) => void;
}

export interface Consumer {
  /** Takes no more, aborts the signals, waits for what runs. */
  close(): Promise<void>;
}
