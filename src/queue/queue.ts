/** The queue hands out work and nothing else: it carries ids, promises at least once, and may forget (the records do not). */

export interface JobQueue {
  /** Fails within a second or two with `unavailable` when the queue cannot be reached. Twice the same id waits once. */
  add(id: string): Promise<void>;
  /** Takes a waiting job out; one that runs is left alone (its record is told instead). */
  remove(id: string): Promise<void>;
  counts(): Promise<{ waiting: number; delayed: number; active: number }>;
}

/** What the API needs. */
export interface Queues {
  readonly analyses: JobQueue;
  readonly deliveries: JobQueue;
  /** Resolves when the queue answers; rejects with `unavailable`. */
  ping(): Promise<void>;
  /** Closes what was opened for the queues; consumers are closed before. */
  close(): Promise<void>;
}

export type QueueName = 'analyses' | 'deliveries';

/** What workers need as well. */
export interface WorkQueues extends Queues {
  /** Many ids in one go: the waiting ones stay, what the queue has lost is put back. */
  refill(name: QueueName, ids: readonly string[]): Promise<void>;
  consume(name: QueueName, options: ConsumerOptions): Consumer;
}

/** What became of one id: nothing more to do; to be given to another worker now; or to be done again later. */
export type Outcome = 'done' | 'hand-back' | { readonly againInSeconds: number };

export interface ConsumerOptions {
  readonly concurrency: number;
  /** Does the work of one id. A throw is an outcome, too: it is done again in a few seconds. */
  readonly run: (id: string, signal: AbortSignal) => Promise<Outcome>;
  readonly onError: (error: Error) => void;
}

export interface Consumer {
  /** Takes no more, aborts the signal that every `run` was given, and waits for them. */
  close(): Promise<void>;
}
