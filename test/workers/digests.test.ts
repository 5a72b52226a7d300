import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { digestsOf } from '../../workers/digests.ts';

const MIB = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'portledger-digests-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: Uint8Array) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, sha256: null };
}

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

describe('digests', () => {
  const small = Buffer.from('a capture');
  const large = Buffer.alloc(9 * MIB + 1, 'segment');

  it('of small files are their sha256', async () => {
    const empty = Buffer.alloc(0);
    assert.deepEqual(await digestsOf([file('small', small), file('empty', empty)]), [sha256(small), sha256(empty)]);
  });

  it('of larger files are their sha256, however often one is given', async () => {
    const files = [file('large', large), file('small', small), file('large', large)];
    assert.deepEqual(await digestsOf(files), [sha256(large), sha256(small), sha256(large)]);
  });

  it('that are known are kept, and those of very large files are not made', async () => {
    const huge = file('huge', small);
    truncateSync(huge.path, 256 * MIB + 1);
    const known = { path: huge.path, sha256: 'known' };
    assert.deepEqual(await digestsOf([huge, known, file('small', small)]), [null, 'known', sha256(small)]);
    assert.deepEqual(await digestsOf([known]), ['known']);
  });

  it('of a file that is gone are an error', async () => {
    await assert.rejects(digestsOf([{ path: join(folder, 'gone'), sha256: null }]), /ENOENT/);
  });
});
