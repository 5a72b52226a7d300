/** Every display filter, run through tshark, selects a frame that its finding names. */
import { describe, it } from 'node:test';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import { kernelCaptures } from '../../kernel-captures.ts';
import { inputOf } from './capture-input.ts';
import { assertFilterSelects, skipWithoutTshark } from './tshark.ts';

describe('display filters', { skip: skipWithoutTshark }, () => {
  for (const capture of kernelCaptures().filter(({ name }) => !name.includes('__'))) {
    const run = capture.runs[0]!;
    const subject = run.clients.find(({ name }) => name === run.guilty_client?.name) ?? run.clients[0]!;
    const [first, last] = subject.port_range_in_force;
    const options = { timeWaitSeconds: run.linux_time_wait_s, portRange: { first, last } };
    const { findings } = diagnose(inputOf(capture.bytes(), options));
    for (const finding of findings) {
      if (finding.verdict !== 'supported' || finding.code === 'capture-quality') continue;
      it(`${capture.file}: ${finding.code} ${finding.remote ?? ''}`, () => assertFilterSelects(capture.path, finding));
    }
  }
});
