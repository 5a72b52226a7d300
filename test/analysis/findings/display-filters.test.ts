/** Every display filter, run through tshark, selects a frame that its finding names. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import { kernelCaptures } from '../../kernel-captures.ts';
import { inputOf } from './capture-input.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const skip = hasTshark || process.env.REQUIRE_TSHARK ? false : 'tshark is not installed';

/** Frame numbers that the filter selects; two passes, as the Wireshark window makes. */
function select(file: string, filter: string): number[] {
  const run = spawnSync('tshark', ['-2', '-n', '-r', file, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  assert.equal(run.status, 0, `${filter}: ${run.stderr}`);
  return run.stdout.split('\n').filter(Boolean).map(Number);
}

describe('display filters', { skip }, () => {
  for (const capture of kernelCaptures().filter(({ name }) => !name.includes('__'))) {
    const run = capture.runs[0]!;
    const subject = run.clients.find(({ name }) => name === run.guilty_client?.name) ?? run.clients[0]!;
    const [first, last] = subject.port_range_in_force;
    const options = { timeWaitSeconds: run.linux_time_wait_s, portRange: { first, last } };
    const { findings } = diagnose(inputOf(capture.bytes(), options));
    for (const { code, verdict, remote, displayFilter, evidence } of findings) {
      if (verdict !== 'supported' || code === 'capture-quality') continue;
      it(`${capture.file}: ${code} ${remote ?? ''}`, () => {
        const selected = select(capture.path, displayFilter!);
        assert.ok(
          evidence.frames.some(({ frame }) => selected.includes(frame)),
          `${displayFilter} selects ${selected.length} frames, none of ${evidence.frames.map(({ frame }) => frame)}`,
        );
      });
    }
  }
});
