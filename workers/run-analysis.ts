/** One analysis from files to report and tables: what the command line and the workers' child processes run. */
import { availableParallelism } from 'node:os';
import type { CaptureOrigin } from '../src/analysis/report/assemble.ts';
import type { AnalysisOptions } from '../src/contract/job.ts';
import type { Report } from '../src/contract/report.ts';
import { load } from '../src/load.ts';
import type { ReadSoFar } from './block-ring.ts';
import { factsOf, ledgerOptions, loadCompanions } from './companions.ts';
import { digestsOf } from './digests.ts';
import { type CaptureFacts, captureFacts } from './open-captures.ts';
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

export interface AnalysisProgress {
  readonly stage: 'reading' | 'judging' | 'writing' | 'done';
  /** Octets of the files, as they are on disk. */
  readonly bytes: number;
  readonly totalBytes: number;
  readonly packets: number;
}

/** About one session a KiB at a snap length of 96; a wrong guess only costs a copy of the columns. */
const BYTES_PER_SESSION = 1024;
const MAX_EXPECTED_SESSIONS = 4_000_000;
/** Below that the thread takes longer to start than it saves. */
const THREAD_FROM_BYTES = 64 * 2 ** 20;
const PROGRESS_MILLISECONDS = 250;

export async function runAnalysis(
  spec: AnalysisSpec,
  onProgress: (progress: AnalysisProgress) => void,
): Promise<{ report: Report }> {
  const captures = await captureFacts(spec.captures);
  const totalBytes = captures.reduce((sum, { bytes }) => sum + bytes, 0);
  const reading = startReading(spec.captures, totalBytes);
  try {
    return await analyse(spec, { captures, totalBytes, reading }, onProgress);
  } finally {
    await reading.stop();
  }
}

interface Started {
  readonly captures: readonly CaptureFacts[];
  readonly totalBytes: number;
  readonly reading: StartedReading;
}

async function analyse(
  spec: AnalysisSpec,
  { captures, totalBytes, reading }: Started,
  onProgress: (progress: AnalysisProgress) => void,
): Promise<{ report: Report }> {
  // Loaded while the reading thread starts, which takes as long.
  const { Analysis } = await load<typeof import('../src/analysis/analyse.ts')>(
    new URL('../src/analysis/analyse.js', import.meta.url),
  );
  const companions = await loadCompanions(spec.evidence);
  const digests = digestsOf(spec.captures);
  digests.catch(() => {}); // Heard of below, unless reading fails first.
  const analysis = new Analysis(Math.min(totalBytes / BYTES_PER_SESSION, MAX_EXPECTED_SESSIONS));
  let read: ReadSoFar = { bytes: 0, packets: 0 };
  const tell = (stage: AnalysisProgress['stage']) => onProgress({ stage, totalBytes, ...read });
  const tellReading = everySoOften(() => tell('reading'));
  const outcome = await reading.run(
    (block) => analysis.track(block),
    (soFar) => {
      read = soFar;
      tellReading();
    },
  );
  read = { bytes: totalBytes, packets: outcome.captures.reduce((sum, { packets }) => sum + packets, 0) };
  tell('judging');
  const evidence = await factsOf(companions, spec.options, outcome.start ?? undefined);
  const origins = originsOf(captures, await digests);
  const conclusion = analysis.conclude(outcome, origins, await ledgerOptions(spec.options, evidence), evidence);
  if (spec.out !== null) {
    tell('writing');
    // Loaded only here: the tables' modules take longer to load than a small capture to analyse.
    const { writeResults } = await import('./results.ts');
    await writeResults(spec.out, conclusion);
  }
  tell('done');
  return { report: conclusion.report };
}

function originsOf(captures: readonly CaptureFacts[], sha256: readonly (string | null)[]): CaptureOrigin[] {
  return captures.map(({ place, name, bytes, compression }) => ({ name, sha256: sha256[place]!, bytes, compression }));
}

type StartedReading = Pick<ThreadedReading, 'run' | 'stop'>;

function startReading(places: AnalysisSpec['captures'], totalBytes: number): StartedReading {
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

function everySoOften(act: () => void): () => void {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + PROGRESS_MILLISECONDS;
    act();
  };
}
