/** The work of one process: it takes jobs and deliveries from the queue, and puts back what the queue has lost. */
import { newId } from '../src/contract/ids.ts';
import type { Log } from '../src/log.ts';
import type { WorkQueues } from '../src/queue/queue.ts';
import type { Records } from '../src/records/records.ts';
import { type AnalysisParts, analyseJob } from './analyse.ts';
import { type DeliveryParts, deliver } from './deliver.ts';

export interface WorkParts extends Omit<AnalysisParts, 'deliveries'>, DeliveryParts {
  readonly queues: WorkQueues;
  /** Analyses at a time. */
  readonly concurrency: number;
}

export interface Work {
  /** Takes no more; what runs ends within the grace or is handed back. */
  stop(): Promise<void>;
}

const DELIVERIES_AT_A_TIME = 8;

export function startWork(parts: WorkParts): Work {
  const { queues, log } = parts;
  const onError = (error: Error) => log.warn('the queue had an error', { error });
  const analyses = queues.consume('analyses', {
    concurrency: parts.concurrency,
    run: (id, signal) => analyseJob({ ...parts, deliveries: queues.deliveries }, id, newId(), signal),
    onError,
  });
  const deliveries = queues.consume('deliveries', {
    concurrency: DELIVERIES_AT_A_TIME,
    run: (id, signal) => deliver(parts, id, signal),
    onError,
  });
  const reconciler = startReconciler(parts.records, queues, log);
  return {
    async stop() {
      clearInterval(reconciler);
      await Promise.all([analyses.close(), deliveries.close()]);
    },
  };
}

const RECONCILE_EVERY_MS = 5000;
/** Work that nobody has touched for so long may have been lost by the queue. */
const NEGLECTED_SECONDS = 15;

function startReconciler(records: Records, queues: WorkQueues, log: Log): NodeJS.Timeout {
  const tick = () =>
    refill(records, queues, NEGLECTED_SECONDS).catch((error: unknown) => log.warn('no work was put back', { error }));
  return setInterval(() => void tick(), RECONCILE_EVERY_MS);
}

/** Offers to the queue what has been waiting for so long; what the queue still knows it ignores. */
export async function refill(records: Records, queues: WorkQueues, neglectedSeconds: number): Promise<void> {
  await queues.refill('analyses', await records.jobs.neglected(neglectedSeconds));
  await queues.refill('deliveries', await records.deliveries.overdue(neglectedSeconds));
}
