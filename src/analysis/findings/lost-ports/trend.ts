import type { Stream } from './uses.ts';

/** Distinct ports in windows of equally many draws: the line a person looks at. It decides nothing. */
export interface Trend {
  readonly drawsPerWindow: number;
  readonly distinctPorts: number[];
}

const MIN_WINDOWS = 8;
const MAX_WINDOWS = 24;
const DRAWS_PER_PORT = 1.5;

/** Null where the draws do not fill enough windows. */
export function distinctPortsTrend({ uses, draws }: Stream, pool: number): Trend | null {
  const windows = Math.min(MAX_WINDOWS, Math.floor(draws.length / (DRAWS_PER_PORT * pool)));
  if (windows < MIN_WINDOWS) return null;
  const drawsPerWindow = Math.floor(draws.length / windows);
  const seen = new Int32Array(uses.size).fill(-1);
  const distinctPorts = new Array<number>(windows).fill(0);
  for (let at = 0; at < windows * drawsPerWindow; at++) {
    const port = uses.port[draws[at]!]!;
    const window = Math.floor(at / drawsPerWindow);
    if (seen[port] === window) continue;
    seen[port] = window;
    distinctPorts[window]!++;
  }
  return { drawsPerWindow, distinctPorts };
}
