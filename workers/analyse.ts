/** One job of analysis, from its record to its end. */
import { PortledgerError } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import type { JobQueue, Outcome } from '../src/queue/queue.ts';
import type { EndedRecord, JobEnd, JobRecord, Records } from '../src/records/records.ts';
import type { CaptureStore, PendingResults, ResultStore } from '../src/store/store.ts';
import { Hold } from './hold.ts';
import { type AnalysisProgress, progressOf } from './progress.ts';
import type { AnalysisOrder } from './protocol.ts';
import { type ChildEnd, runChild } from './run-child.ts';

export interface AnalysisParts {
  readonly records: Records;
  readonly captures: CaptureStore;
  readonly results: ResultStore;
  readonly deliveries: JobQueue;
  readonly log: Log;
  /** Script of the child process. */
  readonly childEntry: URL;
  readonly memoryBytes: number;
  readonly timeoutSeconds: number;
  /** How long a running analysis may go on after the worker was told to stop. */
  readonly graceSeconds: number;
}

/** A child that crashes is started once more; so is a job whose worker died, a few times. */
const MOST_CRASHES = 2;
const MOST_STARTS = 5;
/** When another worker holds the job: it may have died a moment ago. */
const BUSY_AGAIN_SECONDS = 3;

/** `holder` is unique to this run. Rejects when the records cannot be reached: then the queue gives the id again. */
export async function analyseJob(
  parts: AnalysisParts,
  id: string,
  holder: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const taken = await parts.records.jobs.start(id, holder);
  if (taken.outcome !== 'started') return taken.outcome === 'over' ? 'done' : { againInSeconds: BUSY_AGAIN_SECONDS };
  const { job } = taken;
  const hold = new Hold(parts.records.jobs, id, holder, parts.log);
  const handBackLater = () => hold.handBackIn(parts.graceSeconds);
  signal.addEventListener('abort', handBackLater, { once: true });
  if (signal.aborted) handBackLater();
  try {
    return await runHeld(parts, job, holder, hold);
  } catch (error) {
    if (!isStorageFull(error)) throw error;
    return await finishJob(parts, job, holder, { status: 'failed', failure: STORAGE_FULL });
  } finally {
    signal.removeEventListener('abort', handBackLater);
    hold.end();
  }
}

const isStorageFull = (error: unknown) => error instanceof PortledgerError && error.code === 'storage-full';
const STORAGE_FULL = { code: 'storage-full', detail: 'the disk is full: the results could not be written' } as const;

async function runHeld(parts: AnalysisParts, job: JobRecord, holder: string, hold: Hold): Promise<Outcome> {
  const finish = (end: JobEnd) => finishJob(parts, job, holder, end);
  if (job.cancelRequested) return finish({ status: 'cancelled' });
  if (job.tries > MOST_STARTS) return finish(crashed(`the process that ran it was lost ${job.tries - 1} times`));

  if (job.tries > 1) await parts.results.sweepJob(job.id);
  const results = await parts.results.create(job.id);
  try {
    const end = await runWithRetry(parts, job, results, hold);
    if (end.end === 'completed') {
      await results.commit();
      return await finish({ status: 'completed', summary: end.summary, progress: hold.doneProgress() });
    }
    await results.abort(); // first, so that a job that is seen to have failed has left nothing behind
    if (end.end === 'failed') return await finish({ status: 'failed', failure: end.failure });
    if (end.end === 'crashed') return await finish(crashed(`it ended without a result, ${MOST_CRASHES} times`));
    return await letGo(parts, job, holder, hold);
  } finally {
    await results.abort();
  }
}

const crashed = (detail: string): JobEnd => ({
  status: 'failed',
  failure: { code: 'analysis-crashed', detail: `the analysis failed: ${detail}` },
});

async function runWithRetry(
  parts: AnalysisParts,
  job: JobRecord,
  results: PendingResults,
  hold: Hold,
): Promise<ChildEnd> {
  for (let crashes = 1; ; crashes++) {
    const begun = performance.now();
    const onProgress = (progress: AnalysisProgress) =>
      hold.report(progressOf(progress, (performance.now() - begun) / 1000));
    const limits = { entry: parts.childEntry, timeoutSeconds: parts.timeoutSeconds };
    const end = await runChild(orderOf(parts, job, results.path), limits, onProgress, hold.signal);
    if (end.end !== 'crashed') return end;
    parts.log.error('an analysis crashed', { job: job.id, crashes, detail: end.detail });
    if (crashes === MOST_CRASHES) return end;
    await results.clear();
  }
}

function orderOf({ captures, memoryBytes }: AnalysisParts, job: JobRecord, out: string): AnalysisOrder {
  const fileOf = ({ id, name, sha256 }: JobRecord['captures'][number]) => ({ path: captures.path(id), name, sha256 });
  return {
    captures: job.captures.map(fileOf),
    evidence: job.evidence.map(fileOf),
    options: job.options,
    out,
    memoryBytes,
  };
}

/** The child was stopped: by a cancel, by the worker's own stop, or because the job is no longer this worker's. */
async function letGo(parts: AnalysisParts, job: JobRecord, holder: string, hold: Hold): Promise<Outcome> {
  if (hold.reason === 'cancel') return finishJob(parts, job, holder, { status: 'cancelled' });
  if (hold.reason === 'hand-back' && (await parts.records.jobs.handBack(job.id, holder))) return 'hand-back';
  return 'done';
}

async function finishJob(parts: AnalysisParts, job: JobRecord, holder: string, end: JobEnd): Promise<Outcome> {
  const ended = await parts.records.jobs.finish(job.id, holder, end);
  if (ended === null) {
    await forgetDeleted(parts, job.id);
    return 'done';
  }
  parts.log.info('a job ended', { job: job.id, status: end.status, ...('failure' in end ? end.failure : {}) });
  await announce(parts, ended);
  return 'done';
}

/** A job that was deleted while it ran leaves no results behind. */
async function forgetDeleted({ records, results }: AnalysisParts, id: string): Promise<void> {
  if ((await records.jobs.find(id)) === null) await results.delete(id);
}

/** The delivery is recorded: if the queue does not take it now, it is put there later. */
async function announce({ deliveries, log }: AnalysisParts, { deliveryId }: EndedRecord): Promise<void> {
  if (deliveryId === null) return;
  await deliveries
    .add(deliveryId)
    .catch((error: unknown) => log.warn('a delivery waits for the queue', { delivery: deliveryId, error }));
}
