/** Whole processes, one after the other: their wall time, and in runs of their own their peak memory. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '..', '..', 'src', 'cli.js');
const PRELOAD = join(import.meta.dirname, 'peak-memory.js');

/** Wall time of the command as a user gives it, in seconds. */
export function timeAnalyze(capture: string): number {
  return timed(process.execPath, [CLI, 'analyze', '--json', capture]);
}

export function timeFlows(flows: string, capture: string): number {
  return timed(flows, [capture]);
}

function timed(command: string, args: string[]): number {
  const begun = performance.now();
  run(command, args, 'ignore');
  return (performance.now() - begun) / 1000;
}

/** Peak memory in octets, and what was printed. What tells the memory takes time to load: such a run is not timed. */
export function weighAnalyze(capture: string): { peakBytes: number; output: string } {
  const { stdout, stderr } = run(process.execPath, ['--import', PRELOAD, CLI, 'analyze', '--json', capture], 'pipe');
  return { peakBytes: Number(stderr.trim().split('\n').at(-1)) * 1024, output: stdout };
}

function run(command: string, args: string[], output: 'pipe' | 'ignore'): { stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', output, 'pipe'],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status ?? error?.message}: ${stderr}`);
  return { stdout: stdout ?? '', stderr };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
