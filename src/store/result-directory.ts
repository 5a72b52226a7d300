/** Results in a folder a job: `results/<job id>`, written as `results/<job id>.<unique>.part` and renamed. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isId, newId } from '../contract/ids.ts';
import { absentAsNull, FOLDER_MODE, makeFolder, PART, sweepParts, sync } from './files.ts';
import { asStorageFull } from './inflow.ts';
import type { PendingResults, ResultStore } from './store.ts';

export interface ResultDirectoryOptions {
  readonly root: string;
  /** Folders that a worker left behind and nobody touched for so long are removed at the start. */
  readonly sweepUntouchedSeconds: number;
}

const FILE_NAME = /^[a-z][a-z0-9-]*\.[a-z]+$/;

export async function openResultDirectory({
  root,
  sweepUntouchedSeconds,
}: ResultDirectoryOptions): Promise<ResultStore> {
  const results = join(root, 'results');
  await makeFolder(results);
  await sweepParts(results, sweepUntouchedSeconds);
  return {
    create: (jobId) => begin(results, checked(jobId)),
    async path(jobId, file) {
      if (!isId(jobId) || !FILE_NAME.test(file)) return null;
      const path = join(results, jobId, file);
      return (await stat(path).catch(absentAsNull)) === null ? null : path;
    },
    sweep: (seconds) => sweepParts(results, seconds),
    sweepJob: (jobId) => sweepParts(results, 0, `${checked(jobId)}.`),
    delete: (jobId) => rm(join(results, checked(jobId)), { recursive: true, force: true }),
  };
}

function checked(jobId: string): string {
  if (!isId(jobId)) throw new Error(`"${jobId.slice(0, 64)}" is not the id of a job`);
  return jobId;
}

async function begin(results: string, jobId: string): Promise<PendingResults> {
  const path = join(results, `${jobId}.${newId()}${PART}`);
  await mkdir(path, { mode: FOLDER_MODE }).catch((error: unknown) => {
    throw asStorageFull(error);
  });
  const abort = () => rm(path, { recursive: true, force: true });
  const clear = async () => {
    for (const file of await readdir(path)) await rm(join(path, file), { recursive: true, force: true });
  };
  return { path, clear, abort, commit: () => publish(results, path, join(results, jobId)) };
}

async function publish(results: string, pending: string, final: string): Promise<void> {
  for (const file of await readdir(pending)) await sync(join(pending, file));
  await sync(pending);
  try {
    await rename(pending, final);
  } catch (error) {
    if (!isThere(error)) throw error;
    await rm(pending, { recursive: true, force: true });
  }
  await sync(results);
}

/** A folder cannot be renamed onto one that holds files; Windows says EPERM. */
const isThere = (error: unknown) =>
  ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
