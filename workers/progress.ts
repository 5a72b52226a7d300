import type { Progress } from '../src/contract/job.ts';

/** How far an analysis is. Octets are those of the files, as they are on disk. */
export type AnalysisProgress = Pick<Progress, 'stage' | 'bytes' | 'totalBytes' | 'packets'>;

/** What is left of the way when all bytes are read. */
const READING_PERCENT = 95;
const PERCENT: Readonly<Record<Progress['stage'], number>> = {
  waiting: 0,
  reading: 0,
  judging: READING_PERCENT,
  writing: 97,
  done: 100,
};
/** Before so much is read, a forecast would jump about. */
const FORECAST_FROM = 0.02;

/** Adds what a person wants to know: how far, and how long it will still take. */
export function progressOf(progress: AnalysisProgress, elapsedSeconds: number): Progress {
  const share = progress.totalBytes > 0 ? Math.min(1, progress.bytes / progress.totalBytes) : 0;
  const percent = progress.stage === 'reading' ? share * READING_PERCENT : PERCENT[progress.stage];
  return {
    ...progress,
    percent: Math.round(percent * 10) / 10,
    etaSeconds: progress.stage === 'reading' ? etaSeconds(share, elapsedSeconds) : null,
  };
}

function etaSeconds(share: number, elapsedSeconds: number): number | null {
  if (share < FORECAST_FROM) return null;
  return Math.round((elapsedSeconds / share) * (1 - share) * 10) / 10;
}
