/** Every supported finding over captures that other projects published, with the reason why each is right. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import type { Finding } from '../../../src/contract/report.ts';
import { inputOf } from './capture-input.ts';
import { assertFilterSelects, skipWithoutTshark } from './tshark.ts';

const folder = process.env.PUBLIC_CAPTURES ?? '';
const skip = existsSync(join(folder, 'manifest.json')) ? false : 'PUBLIC_CAPTURES names no folder of captures';

interface Right {
  readonly capture: string;
  readonly finding: string;
  readonly why: string;
}

const SUPPORTED: readonly Right[] = [
  {
    capture: '016-suricata-verify-input.pcap',
    finding: 'unanswered-attempts 100.73.5.8 100.73.2.4:80',
    why: 'a flood of SYNs with new sequence numbers from one port, none answered until the last attempt 3.9 s later',
  },
];

describe('public captures', { skip }, () => {
  const files =
    skip === false ? readdirSync(folder).filter((file) => /^\d{3}-/.test(file) && !file.endsWith('.gz')) : [];
  const supported = files.sort().flatMap((file) => supportedIn(file).map((finding) => ({ file, finding })));

  it('support what is right and nothing else', () => {
    assert.deepEqual(
      supported.map(({ file, finding: { code, client, remote } }) => `${file} ${code} ${client} ${remote ?? 'host'}`),
      SUPPORTED.map(({ capture, finding }) => `${capture} ${finding}`),
    );
  });

  it('hold the frames that the filters select', { skip: skipWithoutTshark }, () => {
    for (const { file, finding } of supported) assertFilterSelects(join(folder, file), finding);
  });
});

function supportedIn(file: string): Finding[] {
  const { findings } = diagnose(inputOf(readFileSync(join(folder, file))));
  return findings.filter(({ code, verdict }) => verdict === 'supported' && code !== 'capture-quality');
}
