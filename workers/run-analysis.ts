/** One analysis from files to report and tables: what the command line and the workers' child processes run. */
import { statSync } from 'node:fs';
import { Analysis } from '../src/analysis/analyse.ts';
import { Reading } from '../src/analysis/reading.ts';
import { SegmentBlock } from '../src/analysis/segment/segment-block.ts';
import type { AnalysisOptions } from '../src/contract/job.ts';
import type { Report } from '../src/contract/report.ts';
import { type CaptureFile, openCaptureFile } from './capture-file.ts';
import { factsOf, ledgerOptions, loadCompanions } from './companions.ts';
import { digestOf } from './digest.ts';
import { readCaptures } from './reading.ts';

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
/** They stay in the first-level cache between reading and tracking. */
const BLOCK_SEGMENTS = 512;
const PROGRESS_MILLISECONDS = 250;
/** SHA-256 of a larger file takes longer than its analysis, and a core that the analysis has a use for. */
const MAX_DIGESTED_BYTES = 256 * 2 ** 20;

export async function runAnalysis(
  spec: AnalysisSpec,
  onProgress: (progress: AnalysisProgress) => void,
): Promise<{ report: Report }> {
  const companions = await loadCompanions(spec.evidence);
  const captures = (await Promise.all(spec.captures.map(openCaptures))).flat();
  const digests = Promise.all(captures.map(({ path, sha256 }) => sha256 ?? digestOfSmall(path)));
  digests.catch(() => {}); // Heard of below, unless reading fails first.
  const totalBytes = captures.reduce((sum, { file }) => sum + file.bytes, 0);
  const analysis = new Analysis(Math.min(totalBytes / BYTES_PER_SESSION, MAX_EXPECTED_SESSIONS));
  const reading = new Reading(captures.length, new SegmentBlock(BLOCK_SEGMENTS), (block) => {
    analysis.track(block);
    return block;
  });
  const tell = (stage: AnalysisProgress['stage']) => {
    const bytes = captures.reduce((sum, { file }) => sum + file.consumed, 0);
    onProgress({ stage, bytes, totalBytes, packets: reading.packets });
  };
  await readCaptures(
    reading,
    captures,
    everySoOften(() => tell('reading')),
  );
  const outcome = reading.finish();
  tell('judging');
  const evidence = factsOf(companions, spec.options, outcome.start ?? undefined);
  const sha256 = await digests;
  const origins = captures.map(({ name, file }, index) => ({
    name,
    sha256: sha256[index]!,
    bytes: file.bytes,
    compression: file.compression,
  }));
  const conclusion = analysis.conclude(outcome, origins, ledgerOptions(spec.options, evidence), evidence);
  if (spec.out !== null) {
    tell('writing');
    // Loaded only here: the tables' modules take longer to load than a small capture to analyse.
    const { writeResults } = await import('./results.ts');
    await writeResults(spec.out, conclusion);
  }
  tell('done');
  return { report: conclusion.report };
}

interface OpenCapture {
  readonly path: string;
  readonly name: string;
  readonly sha256: string | null;
  readonly file: CaptureFile;
}

/** One file is one capture; a zip archive is as many as it holds, each with the digest of the archive. */
async function openCaptures({ path, name, sha256 }: AnalysisSpec['captures'][number]): Promise<OpenCapture[]> {
  const file = openCaptureFile(path, name);
  if (file.compression !== 'zip') return [{ path, name, sha256, file }];
  file.close();
  const { openArchive } = await import('./zip-archive.ts');
  return (await openArchive(path, name)).map((archived) => ({ path, sha256, ...archived }));
}

async function digestOfSmall(path: string): Promise<string | null> {
  return statSync(path).size > MAX_DIGESTED_BYTES ? null : digestOf(path);
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
