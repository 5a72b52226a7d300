/** Bytes in the store and their records, kept together: neither is left without the other. */
import type { Parts } from './parts.ts';
import type { ReceivedFile, Sink } from './uploads/receive.ts';

/** The store. What becomes visible there and gets no record, since the process is killed, is known to the records. */
export function keepingSink({ captures, records }: Parts): Sink {
  return {
    create: (announcedBytes) => captures.create(announcedBytes),
    delete: (id) => captures.delete(id),
    expect: (ids) => records.leftovers.expect(ids),
  };
}

/** Records files that the store has committed and then does the work; when something fails, records and bytes go. */
export async function keepFiles(
  parts: Parts,
  files: readonly ReceivedFile[],
  work: () => Promise<void> = async () => {},
): Promise<void> {
  try {
    for (const file of files) await parts.records.captures.create(file);
    await work();
  } catch (error) {
    await discardFiles(parts, files);
    throw error;
  }
}

/**
 * The error that led here is the one to tell; what cannot be deleted now is noted as a leftover. Where the database cannot
 * be reached a record may stay, and where its answer was lost alone the job is there: then the bytes stay, too.
 */
async function discardFiles({ records, captures }: Parts, files: readonly ReceivedFile[]): Promise<void> {
  const discard = async ({ id }: ReceivedFile) => {
    if ((await records.captures.remove(id)) !== 'in-use') await captures.delete(id);
  };
  await Promise.allSettled(files.map(discard));
}
