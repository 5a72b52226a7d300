import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';

describe('the embedded database', { timeout: 120_000 }, () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'portledger-embedded-'));
  });
  after(() => rmSync(root, { recursive: true }));

  it('is made anew where a process was killed while it made it', async () => {
    const folder = join(root, 'database');
    await (await openEmbedded(folder)).close();
    // Half of it, under the name that it has while it is made.
    cpSync(join(folder, 'global'), `${folder}.part/global`, { recursive: true });
    cpSync(join(folder, 'PG_VERSION'), `${folder}.part/PG_VERSION`);
    rmSync(folder, { recursive: true });

    const records = await openRecords(await openEmbedded(folder));
    assert.equal((await records.jobs.list({ limit: 1 })).nextCursor, null);
    await records.close();
    assert.deepEqual(readdirSync(root), ['database']);
  });
});
