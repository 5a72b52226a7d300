import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, WaitingError } from 'bullmq';
import { PortledgerError } from '../errors.ts';
import { type Bull, openBull, type QueuePlace } from './bullmq.ts';
import type { Consumer, ConsumerOptions, JobQueue, QueueName, WorkQueues } from './queue.ts';

/**
 * Where the queue lives in a database, the database answers by now: BullMQ remembers a first refusal for good. Throws
 * `unavailable` when it does not.
 */
export async function openQueues(place: QueuePlace, onError: (error: Error) => void): Promise<WorkQueues> {
  const bull = await openBull(place, onError);
  const queues = {
    analyses: openQueue(bull, 'analyses', onError),
    deliveries: openQueue(bull, 'deliveries', onError),
  };
  const both = Object.values(queues);
  if (place.kind !== 'redis') await firstAnswers(both, bull);
  // Nobody else can be at work in an embedded database: what a killed process left there is not waited for. The
  // records know what is to be done.
  if (place.kind === 'embedded') await Promise.all(both.map((queue) => queue.empty()));
  return {
    ...queues,
    refill: (name, ids) => queues[name].refill(ids),
    consume: (name, options) => consume(bull, name, options),
    ping: () => inTime(bull.ping()).then(() => undefined),
    async close() {
      await Promise.all(both.map((queue) => queue.close()));
      await bull.close();
    },
  };
}

async function firstAnswers(queues: readonly OpenQueue[], bull: Bull): Promise<void> {
  try {
    await Promise.all(queues.map((queue) => queue.ready()));
  } catch (cause) {
    await bull.close();
    throw new PortledgerError('unavailable', 'the database of the queue does not answer', { cause });
  }
}

/** An id is free again once its work has ended; a failed one is tried without end, since the record says when to stop. */
const JOB_OPTIONS = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 3000 },
  stackTraceLimit: 1,
};

const asJob = (id: string) => ({ name: 'work', data: {}, opts: { ...JOB_OPTIONS, jobId: id } });

interface OpenQueue extends JobQueue {
  refill(ids: readonly string[]): Promise<void>;
  empty(): Promise<void>;
  ready(): Promise<unknown>;
  close(): Promise<void>;
}

function openQueue(bull: Bull, name: QueueName, onError: (error: Error) => void): OpenQueue {
  const queue = bull.queue(name);
  queue.on('error', onError);
  return {
    async add(id) {
      const { name: work, data, opts } = asJob(id);
      await inTime(queue.add(work, data, opts));
    },
    async refill(ids) {
      if (ids.length > 0) await inTime(queue.addBulk(ids.map(asJob)));
    },
    async remove(id) {
      // Refused for a job that runs.
      await inTime(queue.remove(id).catch((error: unknown) => refusal(error)));
    },
    async counts() {
      const { waiting, delayed, active } = await inTime(queue.getJobCounts('waiting', 'delayed', 'active'));
      return { waiting: waiting ?? 0, delayed: delayed ?? 0, active: active ?? 0 };
    },
    empty: () => queue.obliterate({ force: true }),
    ready: () => queue.waitUntilReady(),
    close: () => queue.close(),
  };
}

function refusal(error: unknown): void {
  if (!/locked|could not be removed/i.test((error as Error).message)) throw error;
}

const PATIENCE_MS = 1500;

/** A queue that cannot be reached answers late or never; whoever asks is told in time. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (cause) {
    throw new PortledgerError('unavailable', 'the queue does not answer', { cause });
  } finally {
    clearTimeout(timer);
    answer.catch(() => undefined);
  }
}

function consume(bull: Bull, name: QueueName, { concurrency, run, onError }: ConsumerOptions): Consumer {
  const stop = new AbortController();
  const open = () => {
    const worker = bull.worker(name, concurrency, (job, token) => work(job, token!, run, stop.signal));
    worker.on('error', onError);
    return worker;
  };
  let worker = open();
  const beginAnew = async (error: unknown): Promise<void> => {
    const refused = worker.close(true).catch(() => undefined);
    onError(error as Error);
    await Promise.all([refused, delay(BEGIN_AGAIN_MS)]);
    if (stop.signal.aborted) return;
    worker = open();
    await worker.waitUntilReady().then(() => undefined, beginAnew);
  };
  // One that is refused at first never asks again, whatever becomes of the database.
  const ready = worker.waitUntilReady().then(() => undefined, beginAnew);
  return {
    async close() {
      stop.abort();
      await worker.close();
      await Promise.race([ready, delay(2 * BEGIN_AGAIN_MS)]);
    },
  };
}

const BEGIN_AGAIN_MS = 500;

/** The two errors are how BullMQ is told that the job has been moved already. */
async function work(job: Job, token: string, run: ConsumerOptions['run'], signal: AbortSignal): Promise<void> {
  const outcome = await run(job.id!, signal);
  if (outcome === 'done') return;
  if (outcome === 'hand-back') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  await job.moveToDelayed(Date.now() + outcome.againInSeconds * 1000, token);
  throw new DelayedError();
}
