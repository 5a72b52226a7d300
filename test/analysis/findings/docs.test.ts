import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FINDING_CODES } from '../../../src/contract/report.ts';

describe('docs/findings.md', () => {
  it('has a row for every code, in the order of the contract', () => {
    const path = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'findings.md');
    const rows = [...readFileSync(path, 'utf8').matchAll(/^\| `([a-z-]+)` +\|/gm)].map((match) => match[1]);
    assert.deepEqual(rows, [...FINDING_CODES]);
  });
});
