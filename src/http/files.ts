/** Bytes in the store and their records, kept together: neither is left without the other. */
import type { Parts } from './parts.ts';
import type { ReceivedFile } from './uploads/receive.ts';

/** Records files that the store has committed and then does the work; when something fails, records and bytes go. */
export async function keepFiles<T>(parts: Parts, files: readonly ReceivedFile[], work: () => Promise<T>): Promise<T> {
  try {
    for (const file of files) await parts.records.captures.create(file);
    return await work();
  } catch (error) {
    await discardFiles(parts, files);
    throw error;
  }
}

/** The error that led here is the one to tell; what cannot be deleted now is an orphan for the sweep. */
async function discardFiles({ records, captures }: Parts, files: readonly ReceivedFile[]): Promise<void> {
  await Promise.allSettled(files.map(({ id }) => records.captures.remove(id)));
  await Promise.allSettled(files.map(({ id }) => captures.delete(id)));
}
