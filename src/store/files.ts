/** The few things that the stores do with folders. Everything is for this user alone. */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Names of what is not complete end so. */
export const PART = '.part';

export const makeFolder = (path: string) => mkdir(path, { recursive: true, mode: FOLDER_MODE });

/** Makes a rename or a file's end durable; a folder can be synced where POSIX is. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    await file.close();
  }
}

/** Removes what was begun, under names that begin so, and not touched for so long. */
export async function sweepParts(folder: string, untouchedSeconds: number, prefix = ''): Promise<void> {
  const before = Date.now() - untouchedSeconds * 1000;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith(PART)) continue;
    const path = join(folder, name);
    const touched = await stat(path).catch(absentAsNull);
    if (touched !== null && touched.mtimeMs <= before) await rm(path, { recursive: true, force: true });
  }
}

export function absentAsNull(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
