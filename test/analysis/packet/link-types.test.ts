import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DONE } from '../../../src/analysis/packet/layers.ts';
import { linkType } from '../../../src/analysis/packet/link-types.ts';
import { ENCAPSULATIONS } from '../../builders/encapsulations.ts';

const DOCUMENT = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'formats.md');

/** Rows of the document's table of links: names and numbers. */
function documented(): Map<number, readonly string[]> {
  const rows = new Map<number, readonly string[]>();
  const section = readFileSync(DOCUMENT, 'utf8').split('## Links')[1]!.split('\n## ')[0]!;
  for (const line of section.split('\n').filter((text) => /^\| [A-Z]/.test(text))) {
    const [names = '', numbers = ''] = line.split('|').slice(1);
    for (const number of numbers.split(','))
      rows.set(
        Number(number),
        names.split(',').map((name) => name.trim()),
      );
  }
  return rows;
}

const READ = Array.from({ length: 65_536 }, (_, number) => linkType(number)).filter(({ layer }) => layer !== DONE);

describe('link types', () => {
  it('that are read stand in the document, and no others', () => {
    const rows = documented();
    assert.deepEqual(
      [...rows.keys()].sort((a, b) => a - b),
      READ.map(({ number }) => number),
    );
    for (const { number, name } of READ) {
      assert.ok(number === 149 || rows.get(number)!.includes(name), `${number} is ${name}`);
    }
  });

  it('that are read have a sample each, but for those that the decoders are tested with', () => {
    const samples = new Set(ENCAPSULATIONS.map(({ linkType: number }) => number));
    const without = READ.map(({ number }) => number).filter((number) => !samples.has(number));
    assert.deepEqual(without, [0, 12, 14, 101, 108, 113, 228, 229, 276]);
  });

  it('that are unknown are named by their number', () => {
    assert.deepEqual(linkType(1240), { number: 1240, name: 'LINKTYPE_1240', layer: DONE });
  });
});
