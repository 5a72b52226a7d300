/** What a real disk does too rarely to wait for it: it takes a part, or fails when the file is synced. */
import assert from 'node:assert/strict';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { Inflow } from '../../src/store/inflow.ts';

const LIMITS = { maxBytes: 1_000_000, checkRoom: async () => undefined };

/** A file on a disk that takes so many octets at a time. */
function onDisk(most: number, sync: () => Promise<void> = async () => undefined) {
  const written: Buffer[] = [];
  const take = (octets: Buffer) => {
    const taken = Buffer.from(octets.subarray(0, most));
    written.push(taken);
    return { bytesWritten: taken.length };
  };
  const file = {
    writev: async (chunks: Buffer[]) => take(Buffer.concat(chunks)),
    write: async (chunk: Buffer) => take(chunk),
    close: async () => undefined,
    sync,
  };
  return { file: file as unknown as FileHandle, bytes: () => Buffer.concat(written) };
}

describe('an upload on its way to the disk', () => {
  it('is written whole where the disk takes it part by part', async () => {
    const sent = Array.from({ length: 10 }, (_, at) => Buffer.alloc(1000, at));
    const disk = onDisk(700);
    const inflow = new Inflow(disk.file, LIMITS);
    // Corked, the pieces come together; the last one comes alone.
    inflow.cork();
    for (const piece of sent.slice(0, -1)) inflow.write(piece);
    inflow.uncork();
    await pipeline(Readable.from(sent.slice(-1)), inflow);
    assert.ok(disk.bytes().equals(Buffer.concat(sent)));
    assert.equal(inflow.bytes, 10_000);
  });

  it('is storage-full where the disk, or the share of it, is full in the end', async () => {
    for (const [code, expected] of [
      ['ENOSPC', 'storage-full'],
      ['EDQUOT', 'storage-full'],
      ['EIO', 'EIO'],
    ] as const) {
      const disk = onDisk(700, () => Promise.reject(Object.assign(new Error('no'), { code })));
      await assert.rejects(pipeline(Readable.from([Buffer.alloc(9)]), new Inflow(disk.file, LIMITS)), {
        code: expected,
      });
    }
  });

  it('asks for room every 64 MiB', async () => {
    let asked = 0;
    const checkRoom = async () => {
      asked++;
    };
    const disk = { writev: async () => ({}), write: async (chunk: Buffer) => ({ bytesWritten: chunk.length }) };
    const file = { ...disk, sync: async () => undefined, close: async () => undefined } as unknown as FileHandle;
    const inflow = new Inflow(file, { maxBytes: 2 ** 30, checkRoom });
    const piece = Buffer.alloc(2 ** 25 - 1);
    for (const expected of [0, 0, 1, 1, 1, 2]) {
      await new Promise<void>((resolve) => inflow.write(piece, () => resolve()));
      assert.equal(asked, expected);
    }
    inflow.destroy();
  });
});
