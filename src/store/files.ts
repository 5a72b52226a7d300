/** The few things that the stores do with folders. Everything is for this user alone. */
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Names of what is not complete end so. */
export const PART = '.part';

/**
 * With the folders above it. Not by mkdir's own `recursive`: that never returns where a parent takes no folders
 * though it is there, as /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isMade(path)) return;
  await makeFolder(dirname(path));
  if (!(await isMade(path))) throw Object.assign(new Error(`no folder can be made at ${path}`), { code: 'ENOENT' });
}

/** Makes it, or finds it made, by others perhaps; false when the folder above is missing. */
async function isMade(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: FOLDER_MODE });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() !== true) throw error;
    return true;
  }
}

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
