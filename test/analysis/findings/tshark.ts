/** tshark, where it is installed; REQUIRE_TSHARK makes its absence an error. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Finding } from '../../../src/contract/report.ts';

const installed = spawnSync('tshark', ['--version']).status === 0;

/** False, or why a test that needs tshark is skipped. */
export const skipWithoutTshark: false | string =
  installed || process.env.REQUIRE_TSHARK ? false : 'tshark is not installed';

/** Fails unless the finding's filter selects one of its frames; two passes, as the Wireshark window makes. */
export function assertFilterSelects(file: string, { displayFilter, evidence }: Finding): void {
  const options = ['-2', '-n', '-r', file, '-Y', displayFilter!, '-T', 'fields', '-e', 'frame.number'];
  const run = spawnSync('tshark', options, { encoding: 'utf8', maxBuffer: 64 << 20 });
  assert.equal(run.status, 0, `${displayFilter}: ${run.stderr}`);
  const selected = new Set(run.stdout.split('\n').filter(Boolean).map(Number));
  const frames = evidence.frames.map(({ frame }) => frame);
  assert.ok(
    frames.some((frame) => selected.has(frame)),
    `${displayFilter} selects ${selected.size} frames, none of ${frames}`,
  );
}
