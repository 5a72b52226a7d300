/**
 * Whose captures a data directory holds. Started on another database by mistake, a service knows none of them; it must
 * not take them for leftovers.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../contract/ids.ts';
import { absentAsNull, FILE_MODE, PART } from './files.ts';

/** Whether the directory is this installation's; one that is nobody's becomes it. */
export async function isOwnDirectory(root: string, installation: string): Promise<boolean> {
  const path = join(root, 'installation');
  const owner = await readFile(path, 'utf8').catch(absentAsNull);
  if (owner !== null) return owner === installation;
  const part = `${path}.${newId()}${PART}`;
  await writeFile(part, installation, { mode: FILE_MODE });
  await rename(part, path);
  return true;
}
