/** What has to be cleared up now and then; a process that is killed cannot do it itself. */
import type { Log } from './log.ts';
import type { CaptureRecords } from './records/records.ts';
import type { CaptureStore } from './store/store.ts';

export interface Chore {
  readonly name: string;
  run(): Promise<void>;
}

const HOUR_MS = 3_600_000;

/** Does them once an hour, and waits for those that run when it is told to stop. */
export function doHourly(chores: readonly Chore[], log: Log): () => Promise<void> {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = doAll(chores, log);
  }, HOUR_MS);
  return () => {
    clearInterval(timer);
    return running;
  };
}

/** One that fails is told and does not keep the others from being done. */
export async function doAll(chores: readonly Chore[], log: Log): Promise<void> {
  await Promise.all(
    chores.map(({ name, run }) =>
      run().catch((error: unknown) => log.warn('housekeeping failed', { chore: name, error })),
    ),
  );
}

/** Between the two a process may be killed; a request that takes so long has been cut off. */
const RECORDED_WITHIN_SECONDS = 24 * 3600;
const AT_A_TIME = 500;

/** Removes captures that got no record after they were stored, or lost it before they were deleted. */
export async function removeOrphans(records: CaptureRecords, captures: CaptureStore, log: Log): Promise<void> {
  let removed = 0;
  const remove = async (ids: readonly string[]) => {
    for (const id of await records.unknown(ids)) if (await captures.delete(id)) removed++;
  };
  let ids: string[] = [];
  for await (const id of captures.olderThan(RECORDED_WITHIN_SECONDS)) {
    if (ids.push(id) < AT_A_TIME) continue;
    await remove(ids);
    ids = [];
  }
  await remove(ids);
  if (removed > 0) log.info('captures without a record were removed', { captures: removed });
}
