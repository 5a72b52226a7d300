/** What is decompressed of whole and of damaged files, octet for octet. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PortledgerError } from '../../src/errors.ts';
import { openCaptureFile } from '../../workers/capture-file.ts';
import { skippableFrame, zstdBlockHeader, zstdFrame } from '../builders/zstd.ts';

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'test', 'captures');
const folder = mkdtempSync(join(tmpdir(), 'portledger-decompression-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const plain = readFileSync(join(CAPTURES, 'exhaustion_one_remote.pcap'));
const half = plain.length >> 1;
const bytes = (text: string) => Buffer.from(text, 'latin1');

interface Outcome {
  readonly output: Buffer;
  readonly error: PortledgerError | null;
  readonly compression: string;
  readonly consumed: number;
}

async function read(...parts: Uint8Array[]): Promise<Outcome> {
  const path = join(folder, 'capture');
  writeFileSync(path, Buffer.concat(parts));
  const file = openCaptureFile(path, 'capture');
  const chunks: Buffer[] = [];
  let error: PortledgerError | null = null;
  try {
    for await (const chunk of file.chunks()) chunks.push(Buffer.from(chunk));
  } catch (caught) {
    assert.ok(caught instanceof PortledgerError, String(caught));
    error = caught;
  }
  file.close();
  return { output: Buffer.concat(chunks), error, compression: file.compression, consumed: file.consumed };
}

async function readsAs(content: Uint8Array, compression: string, ...parts: Uint8Array[]): Promise<void> {
  const outcome = await read(...parts);
  assert.equal(outcome.error, null);
  assert.ok(outcome.output.equals(content), `${outcome.output.length} octets, not ${content.length}`);
  assert.equal(outcome.compression, compression);
  assert.equal(outcome.consumed, Buffer.concat(parts).length);
}

/** The content comes whole, and then the complaint, at its end. */
async function breaksAfter(content: Uint8Array, complaint: RegExp, ...parts: Uint8Array[]): Promise<void> {
  const { output, error } = await read(...parts);
  assert.ok(output.equals(content), `${output.length} octets, not ${content.length}`);
  assert.ok(error !== null, 'no complaint');
  assert.equal(error.code, 'decompression-failed');
  assert.equal(error.offset, content.length);
  assert.match(error.message, complaint);
}

function withOctet(octets: Uint8Array, at: number, change: (octet: number) => number): Buffer {
  const changed = Buffer.from(octets);
  changed[at < 0 ? octets.length + at : at]! = change(changed.at(at)!);
  return changed;
}

const upTo = (zipped: Uint8Array) => gunzipSync(zipped, { finishFlush: constants.Z_SYNC_FLUSH });

describe('a gzip file', () => {
  const zipped = gzipSync(plain);
  const CRC_AT = -8;
  const LENGTH_AT = -4;
  const flip = (octet: number) => octet ^ 1;

  it('is all of its members, and what pads it is nothing', async () => {
    const first = gzipSync(plain.subarray(0, half));
    const second = gzipSync(plain.subarray(half));
    await readsAs(plain, 'gzip', zipped);
    await readsAs(plain, 'gzip', first, second);
    await readsAs(plain, 'gzip', first, gzipSync(Buffer.alloc(0)), second);
    for (const zeros of [1, 512, 200_000]) await readsAs(plain, 'gzip', first, second, Buffer.alloc(zeros));
  });

  it('with a bad check, or rubbish behind it, is whole up to there', async () => {
    await breaksAfter(plain, /incorrect data check/, withOctet(zipped, CRC_AT, flip));
    await breaksAfter(plain, /incorrect length check/, withOctet(zipped, LENGTH_AT, flip));
    await breaksAfter(plain, /incorrect header check/, zipped, bytes('rubbish'));
    await breaksAfter(plain, /unexpected end of file/, zipped, bytes('x'));
    await breaksAfter(plain, /unexpected end of file/, zipped.subarray(0, -1));
    const at = zipped.length + 70_000;
    const padded = new RegExp(`octet ${at} of the file is no padding`);
    await breaksAfter(plain, padded, zipped, Buffer.alloc(70_000), bytes('rubbish'));
  });

  it('whose second member is damaged keeps the first', async () => {
    const second = withOctet(gzipSync(plain.subarray(half)), CRC_AT, flip);
    await breaksAfter(plain, /incorrect data check/, gzipSync(plain.subarray(0, half)), second);
  });

  it('that is cut anywhere is what its octets say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: zipped.length - 1 }), async (length) => {
        const cut = zipped.subarray(0, length);
        await breaksAfter(upTo(cut), /unexpected end of file/, cut);
      }),
      { numRuns: 10 },
    );
  });

  it('that is damaged anywhere keeps what comes before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: zipped.length - 9 }), async (at) => {
        const { output, error } = await read(withOctet(zipped, at, (octet) => octet ^ 0xff));
        assert.equal(error?.code, 'decompression-failed');
        assert.equal(error.offset, output.length);
        const before = upTo(zipped.subarray(0, at - 1));
        assert.ok(
          output.subarray(0, before.length).equals(before),
          `${output.length} octets, ${before.length} are sound`,
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('a zstd file', () => {
  const zipped = readFileSync(join(CAPTURES, 'exhaustion_one_remote__zst.pcap.zst'));
  const BLOCK = 128 * 1024;
  const first = zstdFrame(plain.subarray(0, half));
  const second = zstdFrame(plain.subarray(half));

  it('is all of its frames', async () => {
    await readsAs(plain, 'zstd', zipped);
    await readsAs(plain, 'zstd', first, second);
    await readsAs(plain, 'zstd', first, zstdFrame(Buffer.alloc(0)), zstdFrame(plain.subarray(half)));
    await readsAs(Buffer.concat([plain, plain]), 'zstd', zipped, zipped);
  });

  it('is told by its first frame that is not to be skipped', async () => {
    for (const kind of [0, 9, 15]) await readsAs(plain, 'zstd', skippableFrame(bytes('size'), kind), zipped);
    const skipped = skippableFrame(Buffer.alloc(300_000));
    await readsAs(plain, 'zstd', skipped, skippableFrame(Buffer.alloc(0)), first, skipped, second, skipped);
    const other = await read(skippableFrame(bytes('size')), bytes('\x04\x22\x4d\x18 is LZ4'));
    assert.equal(other.compression, 'none');
  });

  it('that is cut, or has rubbish behind it, is whole up to there', async () => {
    await breaksAfter(plain, /no frame begins at octet/, first, second, bytes('rubbish'));
    await breaksAfter(plain, /no frame begins at octet/, zipped, bytes('x'));
    await breaksAfter(plain, /are due at octet/, zipped.subarray(0, -1));
    await breaksAfter(plain, /are due at octet/, zipped, skippableFrame(bytes('size')).subarray(0, -1));
    for (const length of [3, 5, 8, 100]) {
      const complaint = length < 4 ? /no frame begins/ : /are due at octet/;
      await breaksAfter(plain.subarray(0, half), complaint, first, second.subarray(0, length));
    }
  });

  it('keeps the blocks before a damaged one', async () => {
    const header = 6;
    const secondBlock = header + 3 + BLOCK;
    const reserved = withOctet(first, secondBlock, (octet) => octet | 6);
    await breaksAfter(plain.subarray(0, BLOCK), /./, reserved);
    const large = Buffer.concat([first.subarray(0, secondBlock), zstdBlockHeader(BLOCK + 1, true)]);
    await breaksAfter(plain.subarray(0, BLOCK), /a block of 131073 octets, more than 131072/, large);
  });

  it('that wants too much memory is refused', async () => {
    const { error, output } = await read(zstdFrame(plain, 28));
    assert.equal(output.length, 0);
    assert.equal(error?.code, 'decompression-limit');
    assert.match(error.message, /a window of 268435456 octets, more than 134217728/);
  });
});
