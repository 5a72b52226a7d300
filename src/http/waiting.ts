/** Waiting for the end of a job. The record is polled: it is the truth, and notifications of queues get lost. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { JobRecord, JobRecords } from '../records/records.ts';
import { isFinal } from './views.ts';

/** Proxies give up after a minute. */
const MAX_WAIT_SECONDS = 55;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Seconds that `Prefer: wait=N` (RFC 7240) asks for, at most those that are granted; 0 without it. */
export function preferredWait(prefer: string | string[] | undefined): number {
  for (const preference of [prefer ?? []].flat().join(',').split(',')) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined) return Math.min(Number(seconds), MAX_WAIT_SECONDS);
  }
  return 0;
}

/** The job when it has ended, or as it is after so many seconds; null when it is gone. */
export async function waitForEnd(
  jobs: JobRecords,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<JobRecord | null> {
  const until = performance.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const job = await jobs.find(id);
    const left = until - performance.now();
    if (job === null || isFinal(job) || left <= 0 || signal.aborted) return job;
    await delay(Math.min(pause, left), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Aborts when the client is gone or the service stops. Not by `AbortSignal.any`: a signal that lives as long as the
 * service keeps something of each signal that was made from it.
 */
export function untilGone({ raw }: Pick<FastifyReply, 'raw'>, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const abort = () => gone.abort();
  if (stopping.aborted) abort();
  stopping.addEventListener('abort', abort);
  raw.once('close', () => {
    stopping.removeEventListener('abort', abort);
    abort();
  });
  return gone.signal;
}
