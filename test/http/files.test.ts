import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, it } from 'node:test';
import { keepFiles } from '../../src/http/files.ts';
import type { Parts } from '../../src/http/parts.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';
import { openCaptureDirectory } from '../../src/store/capture-directory.ts';

describe('files of a request that fails', { timeout: 60_000 }, () => {
  it('go with their records, and stay where these cannot be removed', async () => {
    const root = mkdtempSync(join(tmpdir(), 'portledger-files-'));
    const limits = { maxCaptureBytes: 1000, diskReserveBytes: 0, sweepUntouchedSeconds: 0 };
    const captures = await openCaptureDirectory({ root, ...limits });
    const records = await openRecords(await openEmbedded(join(root, 'database')));
    const parts = { records, captures } as unknown as Parts;
    const received = async () => {
      const incoming = await captures.create();
      await pipeline(Readable.from([Buffer.from('packets')]), incoming.stream);
      return { ...(await incoming.commit()), kind: 'capture' as const, name: 'a.pcap' };
    };
    const failing = async () => {
      throw new Error('no job');
    };

    const gone = await received();
    await assert.rejects(keepFiles(parts, [gone], failing), /no job/);
    assert.equal(await records.captures.find(gone.id), null);
    assert.equal(await captures.stat(gone.id), null);

    // The job was made, only the answer of the database did not come.
    const used = await received();
    const job = { evidence: [], options: {}, labels: {}, webhook: null, baseUrl: 'http://127.0.0.1' };
    const made = () => records.jobs.create({ ...job, captures: [{ id: used.id, owned: true }] });
    await assert.rejects(
      keepFiles(parts, [used], () => made().then(failing)),
      /no job/,
    );
    assert.notEqual(await captures.stat(used.id), null);

    const kept = await received();
    await assert.rejects(
      keepFiles(parts, [kept], () => records.close().then(failing)),
      /no job/,
    );
    const again = await openRecords(await openEmbedded(join(root, 'database')));
    assert.notEqual(await again.captures.find(kept.id), null);
    assert.notEqual(await captures.stat(kept.id), null);
    await again.close();
    rmSync(root, { recursive: true });
  });
});
