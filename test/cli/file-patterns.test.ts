import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { expandPatterns } from '../../src/cli/file-patterns.ts';

const folder = mkdtempSync(join(tmpdir(), 'portledger-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
for (const name of ['ring_00002.pcapng', 'ring_00001.PCAPNG', 'ring_1.txt', 'other (1).pcapng'])
  writeFileSync(at(name), '');

it('patterns stand for the files that they fit, on Windows alone', () => {
  const cases: [pattern: string, names: string[]][] = [
    ['ring_*.pcapng', ['ring_00001.PCAPNG', 'ring_00002.pcapng']],
    ['ring_?.txt', ['ring_1.txt']],
    ['other (?).pcapng', ['other (1).pcapng']],
    ['ring_00002.pcapng', ['ring_00002.pcapng']],
    ['nothing*', ['nothing*']],
    ['ring_.*', ['ring_.*']],
  ];
  for (const [pattern, names] of cases) {
    assert.deepEqual(expandPatterns([at(pattern)], 'win32'), names.map(at), pattern);
    assert.deepEqual(expandPatterns([at(pattern)], 'linux'), [at(pattern)]);
  }
  assert.deepEqual(expandPatterns([join(folder, 'no', '*.pcap')], 'win32'), [join(folder, 'no', '*.pcap')]);
});
