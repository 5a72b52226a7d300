/** Reads captures on a thread of its own, while this one tracks what was read: that takes half of the time of both. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { ReadingOutcome } from '../src/analysis/reading.ts';
import type { SegmentBlock } from '../src/analysis/segment/segment-block.ts';
import { type ErrorCode, PortledgerError } from '../src/errors.ts';
import { FilledRing, type ReadSoFar, TakenRing } from './block-ring.ts';
import type { CapturePlace } from './open-captures.ts';
import { readCaptures } from './reading.ts';

interface ThreadOrder {
  readonly places: readonly CapturePlace[];
  readonly ring: SharedArrayBuffer;
}

/** An error of ours crosses the border as its parts. */
type ThreadAnswer =
  | { readonly outcome: ReadingOutcome }
  | { readonly code: ErrorCode; readonly message: string; readonly offset: number | null };

/** As `readHere`. */
export async function readOnThread(
  places: readonly CapturePlace[],
  take: (block: SegmentBlock) => void,
  onProgress: (read: ReadSoFar) => void,
): Promise<ReadingOutcome> {
  const ring = new TakenRing();
  const order: ThreadOrder = { places, ring: ring.buffer };
  const worker = new Worker(new URL(import.meta.url), { workerData: { reading: order } });
  const answer = answerOf(worker);
  answer.catch(() => ring.abandon()); // The error itself is heard of below.
  try {
    for (let block = await ring.next(); block !== null; block = await ring.next()) {
      take(block);
      onProgress(ring.readSoFar);
    }
    return outcomeOf(await answer);
  } finally {
    await worker.terminate();
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

/** The thread's side. */
async function serve({ places, ring: buffer }: ThreadOrder): Promise<ThreadAnswer> {
  const ring = new FilledRing(buffer);
  const pass = (block: SegmentBlock) => ring.pass(block);
  try {
    return { outcome: await readCaptures(places, ring.first, pass, (read) => ring.tell(read)) };
  } catch (error) {
    if (!(error instanceof PortledgerError)) throw error;
    return { code: error.code, message: error.message, offset: error.offset };
  } finally {
    ring.end();
  }
}

if (!isMainThread && workerData?.reading !== undefined) parentPort!.postMessage(await serve(workerData.reading));
