/** The digests of the captures of one analysis: which are computed, and on which thread. */
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** SHA-256 of a larger file takes longer than its analysis, and a core that the analysis has a use for. */
const MAX_BYTES = 256 * 2 ** 20;
/** A thread takes longer to start than fewer octets to digest. */
const THREAD_FROM_BYTES = 8 * 2 ** 20;

interface DigestedFile {
  readonly path: string;
  /** Where it is known already, as of an uploaded capture. */
  readonly sha256: string | null;
}

/** The sha256 of each file in hexadecimal digits; null where it is not known, and the file large. */
export async function digestsOf(files: readonly DigestedFile[]): Promise<(string | null)[]> {
  const missing = files
    .filter(({ sha256 }) => sha256 === null)
    .map(({ path }) => ({ path, bytes: statSync(path).size }))
    .filter(({ bytes }) => bytes <= MAX_BYTES);
  const computed = await compute(missing);
  return files.map(({ path, sha256 }) => sha256 ?? computed.get(path) ?? null);
}

/** By path. */
async function compute(files: readonly { path: string; bytes: number }[]): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map();
  const paths = files.map(({ path }) => path);
  if (files.reduce((sum, { bytes }) => sum + bytes, 0) >= THREAD_FROM_BYTES) return onThread(paths);
  return (await import('./digest.ts')).sha256ByPath(paths);
}

/** Beside the reading, which reads the same files. */
function onThread(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./digest-thread.js', import.meta.url), { workerData: paths });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
