/** A disk that really fills up: a small tmpfs, where one may be mounted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, describe, it } from 'node:test';
import { openCaptureDirectory } from '../../src/store/capture-directory.ts';

const root = mkdtempSync(join(tmpdir(), 'portledger-full-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]).status === 0;
if (!mounted) rmdirSync(root);

describe('a full disk', { skip: mounted ? false : 'skipped: no tmpfs can be mounted here' }, () => {
  after(() => {
    spawnSync('umount', [root]);
    rmdirSync(root);
  });

  it('ends the upload with storage-full, leaves nothing of it, and takes the next small one', async () => {
    const store = await openCaptureDirectory({
      root,
      maxCaptureBytes: 2 ** 30,
      diskReserveBytes: 0,
      sweepUntouchedSeconds: 0,
    });
    const upload = await store.create();
    const source = Readable.from([...Array(8)].map(() => Buffer.alloc(200_000)));
    await assert.rejects(pipeline(source, upload.stream), { code: 'storage-full' });
    await upload.abort();
    assert.deepEqual(readdirSync(join(root, 'incoming')), []);

    const next = await store.create(100_000);
    await pipeline(Readable.from([Buffer.alloc(100_000)]), next.stream);
    assert.equal((await next.commit()).bytes, 100_000);
  });
});
