/** From segments to report and tables: what is loaded while the reading thread starts, which takes as long. */
import { Analysis } from '../src/analysis/analyse.ts';
import type { CaptureOrigin } from '../src/analysis/report/assemble.ts';
import type { Report } from '../src/contract/report.ts';
import type { ReadSoFar } from './block-ring.ts';
import { factsOf, ledgerOptions, loadCompanions } from './companions.ts';
import { digestsOf } from './digests.ts';
import type { CaptureFacts } from './open-captures.ts';
import type { AnalysisProgress } from './progress.ts';
import type { AnalysisSpec } from './run-analysis.ts';
import type { ThreadedReading } from './threaded-reading.ts';

/** About one session a KiB at a snap length of 96; a wrong guess only costs a copy of the columns. */
const BYTES_PER_SESSION = 1024;
const MAX_EXPECTED_SESSIONS = 4_000_000;
const PROGRESS_MILLISECONDS = 250;

export interface Started {
  readonly captures: readonly CaptureFacts[];
  readonly totalBytes: number;
  readonly reading: Pick<ThreadedReading, 'run'>;
}

export async function analyse(
  spec: AnalysisSpec,
  { captures, totalBytes, reading }: Started,
  onProgress: (progress: AnalysisProgress) => void,
): Promise<{ report: Report }> {
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

function everySoOften(act: () => void): () => void {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + PROGRESS_MILLISECONDS;
    act();
  };
}
