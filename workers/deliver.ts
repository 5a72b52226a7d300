/** One delivery: a try, its record, and when to try again. */
import type { Log } from '../src/log.ts';
import type { DeliveryOutcome, EndedJob, Notifier } from '../src/notify/notifier.ts';
import type { Outcome } from '../src/queue/queue.ts';
import type { DeliveryRecord, JobRecord, Records } from '../src/records/records.ts';

export interface DeliveryParts {
  readonly records: Records;
  readonly notifier: Notifier;
  /** The waits between tries: one try more than there are waits. */
  readonly retrySeconds: readonly number[];
  readonly log: Log;
}

export async function deliver(parts: DeliveryParts, id: string, signal: AbortSignal): Promise<Outcome> {
  const delivery = await parts.records.deliveries.find(id);
  if (delivery === null || delivery.status !== 'pending') return 'done';
  const early = earlyMs(delivery);
  if (early > EARLY_MS) return { againInSeconds: early / 1000 };
  const job = await parts.records.jobs.find(delivery.jobId);
  const ended = job === null ? null : endedJob(job);
  if (ended === null) return 'done';
  const outcome = await parts.notifier.deliver(id, ended, signal);
  // A try that was broken off by a stop was none.
  if (signal.aborted && outcome.outcome !== 'delivered') return 'hand-back';
  return settle(parts, delivery, outcome);
}

/** Clocks of worker and database may differ by so much. */
const EARLY_MS = 500;

/** Before its time. A try that lies in the future was noted before the clock was set back: nothing is waited for then. */
function earlyMs({ createdAt, lastTryAt, nextTryAt }: DeliveryRecord): number {
  const now = Date.now();
  const noted = (lastTryAt ?? createdAt).getTime();
  return noted > now + CLOCKS_DIFFER_MS ? 0 : (nextTryAt?.getTime() ?? 0) - now;
}

/** So much, of worker and database, nobody puts up with. */
const CLOCKS_DIFFER_MS = 60_000;

function endedJob({ id, status, finishedAt, labels, summary, failure, baseUrl, webhook }: JobRecord): EndedJob | null {
  if (finishedAt === null || webhook === null || webhook.secret === null) return null;
  const { url, secret } = webhook;
  return { id, status, finishedAt, labels, summary, failure, baseUrl, webhook: { url, secret } };
}

async function settle(parts: DeliveryParts, delivery: DeliveryRecord, outcome: DeliveryOutcome): Promise<Outcome> {
  const wait = outcome.outcome === 'retry' ? nextWait(parts, delivery, outcome.afterSeconds) : null;
  const nextTryAt = wait === null ? null : new Date(Date.now() + wait * 1000);
  const unsuccessful = wait === null ? 'failed' : 'pending';
  const status = outcome.outcome === 'delivered' ? 'delivered' : unsuccessful;
  const { answer } = outcome;
  await parts.records.deliveries.recordTry(delivery.id, { status, answer, nextTryAt });
  const { id, jobId, tries } = delivery;
  parts.log.info('a webhook was called', { delivery: id, job: jobId, try: tries + 1, status, answer });
  return wait === null ? 'done' : { againInSeconds: wait };
}

/** By the schedule, or later when the receiver asked for that; null when the schedule is at its end. */
function nextWait({ retrySeconds }: DeliveryParts, { tries }: DeliveryRecord, afterSeconds = 0): number | null {
  const wait = retrySeconds[tries];
  return wait === undefined ? null : Math.max(wait, afterSeconds);
}
