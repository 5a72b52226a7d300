/** Every supported finding over captures that other projects published, with the reason why each is right. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import { inputOf } from './capture-input.ts';

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
  it('support what is right and nothing else', () => {
    const files = readdirSync(folder).filter((file) => /^\d{3}-/.test(file) && !file.endsWith('.gz'));
    const found = files.sort().flatMap((file) => supportedIn(file));
    assert.deepEqual(
      found,
      SUPPORTED.map(({ capture, finding }) => `${capture} ${finding}`),
    );
  });
});

function supportedIn(file: string): string[] {
  const { findings } = diagnose(inputOf(readFileSync(join(folder, file))));
  return findings
    .filter(({ code, verdict }) => verdict === 'supported' && code !== 'capture-quality')
    .map(({ code, client, remote }) => `${file} ${code} ${client} ${remote ?? 'host'}`);
}
