import type { Progress } from '../src/contract/job.ts';
import type { Reading } from './protocol.ts';

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
export function progressOf(reading: Reading, elapsedSeconds: number): Progress {
  const share = reading.totalBytes > 0 ? Math.min(1, reading.bytes / reading.totalBytes) : 0;
  const percent = reading.stage === 'reading' ? share * READING_PERCENT : PERCENT[reading.stage];
  return {
    ...reading,
    percent: Math.round(percent * 10) / 10,
    etaSeconds: reading.stage === 'reading' ? etaSeconds(share, elapsedSeconds) : null,
  };
}

function etaSeconds(share: number, elapsedSeconds: number): number | null {
  if (share < FORECAST_FROM) return null;
  return Math.round((elapsedSeconds / share) * (1 - share) * 10) / 10;
}
