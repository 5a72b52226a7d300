/** One analysis from files to report and tables: what the command line and the workers' child processes run. */
import { availableParallelism } from 'node:os';
import type { AnalysisOptions } from '../src/contract/job.ts';
import type { Report } from '../src/contract/report.ts';
import { load } from '../src/load.ts';
import { captureFacts } from './open-captures.ts';
import type { AnalysisProgress } from './progress.ts';
import { ThreadedReading } from './threaded-reading.ts';

export interface AnalysisSpec {
  /**
   * `sha256` where it is known already, as of an uploaded capture; else it is computed beside the analysis, and stays
   * null for a large file.
   */
  readonly captures: readonly { readonly path: string; readonly name: string; readonly sha256: string | null }[];
  readonly evidence: readonly { readonly path: string; readonly name: string }[];
  readonly options: AnalysisOptions;
  /** Folder for report and tables; null writes nothing. */
  readonly out: string | null;
}

/** Below that the thread takes longer to start than it saves. */
const THREAD_FROM_BYTES = 64 * 2 ** 20;

export async function runAnalysis(
  spec: AnalysisSpec,
  onProgress: (progress: AnalysisProgress) => void,
): Promise<{ report: Report }> {
  const captures = await captureFacts(spec.captures);
  const totalBytes = captures.reduce((sum, { bytes }) => sum + bytes, 0);
  const reading = startReading(spec.captures, totalBytes);
  try {
    const { analyse } = await load<typeof import('./second-half.ts')>(new URL('second-half.js', import.meta.url));
    return await analyse(spec, { captures, totalBytes, reading }, onProgress);
  } finally {
    await reading.stop();
  }
}

function startReading(places: AnalysisSpec['captures'], totalBytes: number): Pick<ThreadedReading, 'run' | 'stop'> {
  if (totalBytes >= THREAD_FROM_BYTES && availableParallelism() > 1) {
    return new ThreadedReading(places.map(({ path, name }) => ({ path, name })));
  }
  return {
    run: async (take, onProgress) => {
      const { readHere } = await load<typeof import('./reading.ts')>(new URL('reading.js', import.meta.url));
      return readHere(places, take, onProgress);
    },
    stop: async () => {},
  };
}
