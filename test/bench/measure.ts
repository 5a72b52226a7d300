/** Whole processes, one after the other: wall time and peak memory. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.js');
const PRELOAD = join(import.meta.dirname, 'peak-memory.js');

export interface Run {
  readonly seconds: number;
  /** Octets; NaN where the program does not tell. */
  readonly peakBytes: number;
  readonly output: string;
}

function timed(command: string, args: string[], keep: boolean): { seconds: number; stdout: string; stderr: string } {
  const begun = performance.now();
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', keep ? 'pipe' : 'ignore', 'pipe'],
  });
  const seconds = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}: ${stderr}`);
  return { seconds, stdout: stdout ?? '', stderr };
}

/** `keep` keeps what it prints; a measured run throws it away. */
export function runAnalyze(capture: string, keep = false): Run {
  const { seconds, stdout, stderr } = timed(
    process.execPath,
    ['--import', PRELOAD, CLI, 'analyze', '--json', capture],
    keep,
  );
  return { seconds, peakBytes: Number(stderr.trim().split('\n').at(-1)) * 1024, output: stdout };
}

export function runFlows(flows: string, capture: string): Run {
  const { seconds, stdout } = timed(flows, [capture], true);
  return { seconds, peakBytes: Number.NaN, output: stdout };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
