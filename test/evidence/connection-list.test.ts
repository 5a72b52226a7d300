import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { BRIEF, brief, list } from './connections.ts';
import { ansiWestern, ENCODERS, oemWestern } from './encoders.ts';
import { at, read, rowsOf } from './read.ts';

describe('Get-NetTCPConnection as a list', () => {
  const created: [string, string][] = [
    ['english', '11/14/2023 9:13:20 PM'],
    ['german', '14.11.2023 21:13:20'],
    ['french', '14/11/2023 21:13:20'],
  ];
  for (const [language, time] of created) {
    for (const [encoding, encode] of Object.entries({
      ...ENCODERS,
      'code page 850': oemWestern,
      'code page 1252': ansiWestern,
    })) {
      it(`is the same with ${language} times as ${encoding}`, () => {
        const facts = readEvidence('x', encode(list(time)), { utcOffset: '+01:00' });
        assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
        assert.deepEqual(rowsOf(facts)[3]!.created, at('2023-11-14T20:13:20Z'));
        assert.deepEqual(facts.unreadable, []);
      });
    }
  }

  it('makes a snapshot of each run', () => {
    const facts = read(
      `2023-11-14 22:13:20\n${list('14.11.2023 21:13:20')}\n2023-11-14 22:14:20\n${list('14.11.2023 21:13:20')}`,
    );
    assert.deepEqual(
      facts.snapshots.map(({ rows }) => rows.length),
      [5, 5],
    );
  });
});
