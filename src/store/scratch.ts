/** Folders for what is written and read again while a process lives: `tables/<unique>.part`. */
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../contract/ids.ts';
import { makeFolder, PART, sweepParts } from './files.ts';

const TOUCH_EVERY_MS = 600_000;
const DEAD_AFTER_SECONDS = 6 * 3600;

const folderOf = (root: string) => join(root, 'tables');

export interface Scratch {
  /** Not made yet. */
  readonly path: string;
  /** From now on it may be swept. */
  release(): void;
}

/** Other processes see that its owner lives. */
export function scratchFolder(root: string): Scratch {
  const path = join(folderOf(root), newId() + PART);
  const touch = () => utimes(path, new Date(), new Date()).catch(() => undefined);
  const timer = setInterval(() => void touch(), TOUCH_EVERY_MS).unref();
  return { path, release: () => clearInterval(timer) };
}

/** Removes those of killed processes. */
export async function sweepScratch(root: string): Promise<void> {
  await makeFolder(folderOf(root));
  await sweepParts(folderOf(root), DEAD_AFTER_SECONDS);
}
