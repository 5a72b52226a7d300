/** Reads captures on a thread of its own, while this one tracks what was read: that takes half of the time of both. */
import { Worker } from 'node:worker_threads';
import type { ReadingOutcome } from '../src/analysis/reading.ts';
import type { SegmentBlock } from '../src/analysis/segment/segment-block.ts';
import { type ErrorCode, PortledgerError } from '../src/errors.ts';
import { type ReadSoFar, TakenRing } from './block-ring.ts';
import type { CapturePlace } from './open-captures.ts';

export interface ThreadOrder {
  readonly places: readonly CapturePlace[];
  readonly ring: SharedArrayBuffer;
}

/** An error of ours crosses the border as its parts. */
export type ThreadAnswer =
  | { readonly outcome: ReadingOutcome }
  | { readonly code: ErrorCode; readonly message: string; readonly offset: number | null };

/** The thread starts at once; it waits when the ring is full. */
export class ThreadedReading {
  readonly #ring = new TakenRing();
  readonly #worker: Worker;
  readonly #answer: Promise<ThreadAnswer>;

  constructor(places: readonly CapturePlace[]) {
    const order: ThreadOrder = { places, ring: this.#ring.buffer };
    this.#worker = new Worker(new URL('./reading-thread.js', import.meta.url), { workerData: order });
    this.#answer = answerOf(this.#worker);
    this.#answer.catch(() => this.#ring.abandon()); // The error itself is heard of in `run`.
  }

  /** As `readHere`. */
  async run(take: (block: SegmentBlock) => void, onProgress: (read: ReadSoFar) => void): Promise<ReadingOutcome> {
    const ring = this.#ring;
    for (let block = await ring.next(); block !== null; block = await ring.next()) {
      take(block);
      onProgress(ring.readSoFar);
    }
    return outcomeOf(await this.#answer);
  }

  /** The thread ends, wherever it is; without that it would wait for ever where nobody takes its blocks. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<ThreadAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function outcomeOf(answer: ThreadAnswer): ReadingOutcome {
  if ('outcome' in answer) return answer.outcome;
  throw new PortledgerError(answer.code, answer.message, answer.offset === null ? {} : { offset: answer.offset });
}
