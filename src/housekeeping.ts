/** What has to be cleared up now and then; a process that is killed cannot do it itself. */
import type { Log } from './log.ts';
import type { LeftoverRecords } from './records/records.ts';

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

/** Who notes a leftover is about to deal with it; a request or an analysis that takes so long has been cut off. */
const DEALT_WITH_SECONDS = 24 * 3600;

interface Housed {
  readonly records: { readonly leftovers: Pick<LeftoverRecords, 'notedBefore' | 'forget'> };
  readonly captures: { delete(id: string): Promise<unknown> };
  readonly results: { delete(id: string): Promise<unknown> };
}

/** Removes what the records have noted and a killed process has left; most of it is gone already. */
export async function removeLeftovers({ records: { leftovers }, captures, results }: Housed): Promise<void> {
  for (;;) {
    const noted = await leftovers.notedBefore(DEALT_WITH_SECONDS);
    if (noted.length === 0) return;
    for (const { id, kind } of noted) await (kind === 'capture' ? captures : results).delete(id);
    await leftovers.forget(noted.map(({ id }) => id));
  }
}
