/** What is visible is on the disk: files before their name, and the folder after it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it, type TestContext } from 'node:test';
import { openCaptureDirectory } from '../../src/store/capture-directory.ts';
import { openResultDirectory } from '../../src/store/result-directory.ts';

let root: string;
let handles: FileHandle;
before(async () => {
  root = mkdtempSync(join(tmpdir(), 'portledger-durable-'));
  const probe = await open(root);
  handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
});
after(() => rmSync(root, { recursive: true }));

/** Names of what is synced from here on, and whether the final path was there by then. */
function syncsOf(t: TestContext, final: string): string[] {
  const synced: string[] = [];
  const { sync } = handles;
  t.mock.method(handles, 'sync', function (this: FileHandle) {
    const name = basename(readlinkSync(`/proc/self/fd/${this.fd}`));
    synced.push(`${name} ${existsSync(final) ? 'after' : 'before'}`);
    return sync.call(this);
  });
  return synced;
}

describe('what is stored', {
  skip: process.platform === 'linux' ? false : 'only Linux tells the path of an open file',
}, () => {
  it('is a capture whose file is synced before it has its name, and its folder behind that', async (t) => {
    const store = await openCaptureDirectory({
      root,
      maxCaptureBytes: 100,
      diskReserveBytes: 0,
      sweepUntouchedSeconds: 0,
    });
    const upload = await store.create();
    const synced = syncsOf(t, store.path(upload.id));
    await pipeline(Readable.from([Buffer.alloc(10)]), upload.stream);
    await upload.commit();
    assert.deepEqual(synced, [`${upload.id}.part before`, 'captures after']);
  });

  it('is a result whose files and folder are synced before it has its name, and the folder above behind that', async (t) => {
    const store = await openResultDirectory({ root, sweepUntouchedSeconds: 0 });
    const job = randomUUID();
    const pending = await store.create(job);
    for (const name of ['a.json', 'b.parquet']) writeFileSync(join(pending.path, name), 'x');
    const synced = syncsOf(t, join(root, 'results', job));
    await pending.commit();
    assert.deepEqual(synced.slice(0, 2).sort(), ['a.json before', 'b.parquet before']);
    assert.deepEqual(synced.slice(2), [`${basename(pending.path)} before`, 'results after']);
  });
});
