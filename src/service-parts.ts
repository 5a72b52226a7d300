/** What every role stands on: stores, records, queues. Embedded, or shared with other processes when DATABASE_URL is set. */
import { access, constants, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { refill } from '../workers/main.ts';
import type { Closing } from './closing.ts';
import type { Config } from './config.ts';
import { PortledgerError } from './errors.ts';
import { type Chore, doAll, doHourly, removeLeftovers } from './housekeeping.ts';
import type { Log } from './log.ts';
import type { QueuePlace } from './queue/bullmq.ts';
import { openQueues } from './queue/open.ts';
import type { WorkQueues } from './queue/queue.ts';
import { type Database, openPostgres } from './records/database.ts';
import { openEmbedded } from './records/embedded.ts';
import { openRecords } from './records/open.ts';
import type { Records } from './records/records.ts';
import { openCaptureDirectory } from './store/capture-directory.ts';
import { lockDirectory } from './store/directory-lock.ts';
import { makeFolder } from './store/files.ts';
import { openResultDirectory } from './store/result-directory.ts';
import { sweepScratch } from './store/scratch.ts';
import type { CaptureStore, ResultStore } from './store/store.ts';

export interface ServiceParts {
  readonly records: Records;
  readonly queues: WorkQueues;
  readonly captures: CaptureStore;
  readonly results: ResultStore;
  readonly log: Log;
}

export async function openParts(config: Config, log: Log, closing: Closing): Promise<ServiceParts> {
  const alone = config.databaseUrl === null;
  await makeDataDirectory(config.dataDir);
  if (alone) {
    const lock = await lockDirectory(config.dataDir);
    closing.add('lock', () => lock.release());
    await rm(join(config.dataDir, 'tables'), { recursive: true, force: true }); // spilled sorts of a killed process
  }
  const stores = await openStores(config, alone);
  const { records, place, chores } = alone ? await openAlone(config, closing) : await openShared(config, log, closing);
  await keepHouse(config, { records, ...stores, log }, chores, closing);
  const onError = (error: Error) => log.warn('the queue had an error', { error });
  const queues = await openQueues(place, onError);
  closing.add('queues', () => queues.close());
  if (alone) await refill(records, queues, 0);
  return { records, queues, ...stores, log };
}

async function makeDataDirectory(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new PortledgerError('configuration-invalid', `DATA_DIR ${folder} cannot be used: ${code}`, { cause });
  }
}

/** What an upload, or an analysis, has not touched for so long is dead; an analysis that crashed is begun once more. */
const deadAfter = ({ bodyIdleSeconds, analysisTimeoutSeconds }: Config) => ({
  upload: 2 * bodyIdleSeconds + 60,
  analysis: 2 * analysisTimeoutSeconds + 3600,
});

/** Other processes may be writing beside this one, unless it is alone; what none can still be writing is removed. */
async function openStores(config: Config, alone: boolean) {
  const { dataDir: root, maxCaptureBytes, diskReserveBytes } = config;
  const dead = deadAfter(config);
  const captures = await openCaptureDirectory({
    root,
    maxCaptureBytes,
    diskReserveBytes,
    sweepUntouchedSeconds: alone ? 0 : dead.upload,
  });
  const results = await openResultDirectory({ root, sweepUntouchedSeconds: alone ? 0 : dead.analysis });
  return { captures, results };
}

type Housed = Pick<ServiceParts, 'records' | 'captures' | 'results' | 'log'>;

async function keepHouse(config: Config, parts: Housed, more: readonly Chore[], closing: Closing): Promise<void> {
  const { captures, results, log } = parts;
  const dead = deadAfter(config);
  const leftovers = { name: 'captures and results without a record', run: () => removeLeftovers(parts) };
  const scratch = { name: 'spilled tables', run: () => sweepScratch(config.dataDir) };
  await doAll([leftovers, scratch], log);
  const stop = doHourly(
    [
      { name: 'uploads that broke off', run: () => captures.sweep(dead.upload) },
      { name: 'analyses that broke off', run: () => results.sweep(dead.analysis) },
      leftovers,
      scratch,
      ...more,
    ],
    log,
  );
  closing.add('housekeeping', stop);
}

interface OpenedRecords {
  readonly records: Records;
  readonly place: QueuePlace;
  /** What the database needs done by us. */
  readonly chores: readonly Chore[];
}

/** Nobody else can hold the jobs of an embedded database: those of a killed process are free at once. */
async function openAlone(config: Config, closing: Closing): Promise<OpenedRecords> {
  const database = await openEmbedded(join(config.dataDir, 'database'));
  closing.add('database', () => database.close());
  const records = await openRecords(database);
  await records.jobs.releaseAll();
  // A server vacuums by itself; here nobody does, and the queue deletes a row for each job.
  const vacuum = { name: 'vacuum', run: async () => void (await database.query('VACUUM')) };
  const place = placeOf(config, records, { kind: 'embedded', session: database.session });
  return { records, place, chores: [vacuum] };
}

async function openShared(config: Config, log: Log, closing: Closing): Promise<OpenedRecords> {
  const url = config.databaseUrl!;
  const database = openPostgres(url, (error) => log.warn('a connection to the database broke', { error }));
  closing.add('database', () => database.close());
  const records = await openWhenThere(database, log);
  return { records, place: placeOf(config, records, { kind: 'postgres', url }), chores: [] };
}

const placeOf = ({ redisUrl }: Config, { installation }: Records, otherwise: QueuePlace): QueuePlace =>
  redisUrl === null ? otherwise : { kind: 'redis', url: redisUrl, installation };

const DATABASE_TRIES = 60;

/** The roles start in any order: a database that is not there yet is waited for, a minute and no longer. */
async function openWhenThere(database: Database, log: Log): Promise<Records> {
  for (let tries = 1; ; tries++) {
    try {
      return await openRecords(database);
    } catch (error) {
      const away = error instanceof PortledgerError && error.code === 'unavailable';
      if (!away || tries === DATABASE_TRIES) throw error;
      log.warn('waiting for the database', { error });
      await delay(1000);
    }
  }
}
