import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';

describe('the embedded database', () => {
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

  it('keeps its log short while it works, so that a start after a kill has little to do', async () => {
    const folder = join(root, 'busy');
    const database = await openEmbedded(folder);
    await database.query('CREATE TABLE written (text text STORAGE EXTERNAL)');
    const segments = () => readdirSync(join(folder, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name)).length;
    let most = 0;
    for (let rows = 0; rows < 1000; rows++) {
      await database.query('INSERT INTO written VALUES ($1)', ['x'.repeat(100_000)]);
      most = Math.max(most, segments());
    }
    const { rows } = await database.query<{ written: string }>(
      `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS written`,
    );
    assert.ok(Number(rows[0]!.written) > 96 * 2 ** 20, `only ${rows[0]!.written} octets of log were written`);
    await database.close();
    assert.ok(most <= 5, `${most} segments of 16 MiB`);
  });
});
