/** What has to be cleared up now and then; a process that is killed cannot do it itself. */
import type { Log } from './log.ts';

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

/** Between bytes and record a process may be killed; a request that takes so long has been cut off. */
const RECORDED_WITHIN_SECONDS = 24 * 3600;
const AT_A_TIME = 500;

interface Stored {
  olderThan(seconds: number): AsyncIterable<string>;
  delete(id: string): Promise<unknown>;
}

interface Recorded {
  unknown(ids: readonly string[]): Promise<string[]>;
}

/** Removes what got no record after it was stored, or lost it before it was deleted, and tells how much that was. */
export async function removeOrphans(stored: Stored, recorded: Recorded): Promise<number> {
  let removed = 0;
  for await (const ids of batches(stored.olderThan(RECORDED_WITHIN_SECONDS))) {
    for (const id of await recorded.unknown(ids)) {
      await stored.delete(id);
      removed++;
    }
  }
  return removed;
}

async function* batches(ids: AsyncIterable<string>): AsyncIterable<string[]> {
  let batch: string[] = [];
  for await (const id of ids) {
    if (batch.push(id) < AT_A_TIME) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
