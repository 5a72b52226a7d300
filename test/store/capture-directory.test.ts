import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it, mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type CaptureDirectoryOptions, openCaptureDirectory } from '../../src/store/capture-directory.ts';
import type { CaptureStore } from '../../src/store/store.ts';

const code = (expected: string) => (error: unknown) => (error as { code: string }).code === expected;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (length: number) => Buffer.from(Array.from({ length }, (_, i) => i & 255));

describe('captures in a directory', () => {
  let root: string;
  let store: CaptureStore;
  const open = (options: Partial<CaptureDirectoryOptions> = {}) =>
    openCaptureDirectory({
      root,
      maxCaptureBytes: 1_000_000,
      diskReserveBytes: 0,
      sweepUntouchedSeconds: 0,
      ...options,
    });
  const incoming = () => readdirSync(join(root, 'incoming'));
  const captures = () => readdirSync(join(root, 'captures'));

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'portledger-store-'));
    store = await open();
  });
  after(() => rmSync(root, { recursive: true }));

  async function put(bytes: Buffer) {
    const upload = await store.create(bytes.length);
    await pipeline(Readable.from([bytes.subarray(0, 7), bytes.subarray(7)]), upload.stream);
    return upload.commit({ bytes: bytes.length, sha256: sha256(bytes) });
  }

  it('stores the bytes that were sent, for this user alone', async () => {
    const bytes = bytesOf(300_001);
    const stored = await put(bytes);
    assert.deepEqual(stored, { id: stored.id, bytes: bytes.length, sha256: sha256(bytes) });
    assert.deepEqual(await store.stat(stored.id), { bytes: bytes.length });
    const again = await store.create();
    await pipeline(Readable.from([bytes]), again.stream);
    assert.equal((await again.commit({ sha256: sha256(bytes).toUpperCase() })).sha256, sha256(bytes));
    assert.deepEqual(readFileSync(store.path(stored.id)), bytes);
    assert.deepEqual(await buffer(await store.read(stored.id)), bytes);
    assert.deepEqual(await buffer(await store.read(stored.id, { start: 5, end: 9 })), bytes.subarray(5, 10));
    assert.equal(statSync(store.path(stored.id)).mode & 0o777, 0o600);
    assert.equal(statSync(join(root, 'captures')).mode & 0o777, 0o700);
    assert.deepEqual(incoming(), []);
  });

  it('shows nothing of an upload before it is committed', async () => {
    const upload = await store.create();
    await pipeline(Readable.from([bytesOf(10)]), upload.stream);
    assert.equal(await store.stat(upload.id), null);
    await upload.commit();
    assert.deepEqual(await store.stat(upload.id), { bytes: 10 });
    await upload.abort();
    assert.deepEqual(await store.stat(upload.id), { bytes: 10 });
  });

  it('takes the limit and refuses a byte more, announced or not', async () => {
    const before = captures().length;
    assert.equal((await put(bytesOf(1_000_000))).bytes, 1_000_000);
    await assert.rejects(store.create(1_000_001), code('body-too-large'));
    const upload = await store.create();
    await assert.rejects(
      pipeline(Readable.from([bytesOf(999_999), bytesOf(2)]), upload.stream),
      code('body-too-large'),
    );
    await upload.abort();
    assert.equal(captures().length, before + 1);
    assert.deepEqual(incoming(), []);
  });

  it('keeps nothing of an upload that is not what was announced', async () => {
    const before = captures().length;
    for (const [announced, expected] of [
      [{ bytes: 11 }, 'body-incomplete'],
      [{ bytes: 9 }, 'body-incomplete'],
      [{ sha256: sha256(bytesOf(11)) }, 'digest-mismatch'],
    ] as const) {
      const upload = await store.create();
      await pipeline(Readable.from([bytesOf(10)]), upload.stream);
      await assert.rejects(upload.commit(announced), code(expected));
    }
    assert.equal(captures().length, before);
    assert.deepEqual(incoming(), []);
  });

  it('keeps nothing of an upload that breaks off', async () => {
    const upload = await store.create();
    const broken = Readable.from(
      (async function* () {
        yield bytesOf(70_000);
        throw new Error('socket closed');
      })(),
    );
    await assert.rejects(pipeline(broken, upload.stream), /socket closed/);
    await assert.rejects(upload.commit(), code('body-incomplete'));
    const left = await store.create();
    left.stream.write(bytesOf(10));
    await left.abort();
    await left.abort();
    assert.deepEqual(incoming(), []);
  });

  it('leaves the disk its reserve, and counts what other uploads have announced', async () => {
    const free = await (await open({ maxCaptureBytes: Number.MAX_SAFE_INTEGER })).roomBytes();
    const full = await open({ diskReserveBytes: free * 2 });
    assert.equal(await full.roomBytes(), 0);
    await assert.rejects(full.create(1), code('storage-full'));
    await assert.rejects(full.create(), code('storage-full'));

    const wide = await open({ maxCaptureBytes: Number.MAX_SAFE_INTEGER });
    const first = await wide.create(Math.floor(free * 0.9));
    await assert.rejects(wide.create(Math.floor(free * 0.9)), code('storage-full'));
    await first.abort();
    const second = await wide.create(Math.floor(free * 0.9));
    await second.abort();
  });

  it('forgets what is deleted', async () => {
    const { id } = await put(bytesOf(20));
    assert.equal(await store.delete(id), true);
    assert.equal(await store.delete(id), false);
    assert.equal(await store.stat(id), null);
    await assert.rejects(store.read(id), code('capture-not-found'));
  });

  it('reaches nothing by an id that is not its own', async () => {
    for (const id of ['../incoming/x', '..', '', '/etc/passwd', 'a\0b', `${randomUUID()}/..`]) {
      assert.throws(() => store.path(id), code('capture-not-found'));
      await assert.rejects(store.read(id), code('capture-not-found'));
      assert.equal(await store.stat(id), null);
      assert.equal(await store.delete(id), false);
    }
  });

  it('sweeps what a dead process left, and spares what is young', async () => {
    const old = join(root, 'incoming', `${randomUUID()}.part`);
    const young = join(root, 'incoming', `${randomUUID()}.part`);
    for (const path of [old, young]) writeFileSync(path, 'x');
    utimesSync(old, Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
    await open({ sweepUntouchedSeconds: 3600 });
    assert.deepEqual(incoming(), [young.split('/').at(-1)]);
    await open({ sweepUntouchedSeconds: 0 });
    assert.deepEqual(incoming(), []);
  });

  it('spares a file that has come and waits for the rest of its request, however long', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    const first = await store.create();
    await pipeline(Readable.from([bytesOf(10)]), first.stream);
    const part = join(root, 'incoming', `${first.id}.part`);
    utimesSync(part, Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
    mock.timers.tick(20_000);
    while (statSync(part).mtimeMs < Date.now() - 3_600_000) await delay(5);
    mock.timers.reset();
    await open({ sweepUntouchedSeconds: 62 });
    assert.equal((await first.commit()).bytes, 10);
  });
});
