/** What killed processes leave is removed, at the start and every hour; what fails is told. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it, mock } from 'node:test';
import { Closing } from '../src/closing.ts';
import { loadConfig } from '../src/config.ts';
import { doHourly } from '../src/housekeeping.ts';
import { createLog } from '../src/log.ts';
import { openEmbedded } from '../src/records/embedded.ts';
import type { NewJob } from '../src/records/records.ts';
import { openParts } from '../src/service-parts.ts';

const HOUR_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'portledger-housekeeping-'));
after(() => rmSync(folder, { recursive: true }));

const JOB: NewJob = {
  captures: [],
  evidence: [],
  options: {},
  labels: {},
  webhook: null,
  baseUrl: 'http://127.0.0.1:8080',
};

function aLog() {
  const lines: string[] = [];
  return { lines, log: createLog('info', { write: (line) => void lines.push(line) }) };
}

describe('files without a record', () => {
  const config = loadConfig({ DATA_DIR: folder });
  const { lines, log } = aLog();
  let closing: Closing;
  const open = () => {
    closing = new Closing(log);
    return openParts(config, log, closing);
  };
  const captureOf = (id: string) => join(folder, 'captures', id);
  const resultsOf = (id: string) => join(folder, 'results', id);

  function store(): string {
    const id = randomUUID();
    writeFileSync(captureOf(id), 'x');
    return id;
  }

  function storeResults(id: string = randomUUID()): string {
    mkdirSync(resultsOf(id));
    writeFileSync(join(resultsOf(id), 'report.json'), '{}');
    return id;
  }

  /** As if so many hours had gone by since everything was noted. */
  async function notedHoursAgo(hours: number): Promise<void> {
    const database = await openEmbedded(join(folder, 'database'));
    await database.query(`UPDATE portledger.leftover SET noted_at = now() - make_interval(hours => $1)`, [hours]);
    await database.close();
  }

  it('are removed at the start when the database has noted them for a day', async () => {
    const parts = await open();
    const expected = store();
    await parts.records.leftovers.expect([expected]);
    const owned = store();
    const kept = store();
    const sha256 = '0'.repeat(64);
    for (const id of [owned, kept]) {
      await parts.records.captures.create({ id, kind: 'capture', name: 'a.pcap', bytes: 1, sha256 });
    }
    const gone = await parts.records.jobs.create({ ...JOB, captures: [{ id: owned, owned: true }] });
    const job = await parts.records.jobs.create({ ...JOB, captures: [{ id: kept, owned: true }] });
    for (const { id } of [gone, job]) storeResults(id);
    await parts.records.jobs.remove(gone.id);
    await closing.close();

    await notedHoursAgo(23);
    await open();
    await closing.close();
    for (const id of [expected, owned]) assert.ok(existsSync(captureOf(id)));
    assert.ok(existsSync(resultsOf(gone.id)));

    await notedHoursAgo(25);
    await open();
    for (const id of [expected, owned]) assert.ok(!existsSync(captureOf(id)));
    assert.ok(!existsSync(resultsOf(gone.id)));
    assert.ok(existsSync(captureOf(kept)) && existsSync(resultsOf(job.id)), 'what has a record stays');
    await closing.close();
  });

  it("stay when the database has never heard of them: they are another one's, or younger than its backup", async () => {
    const capture = store();
    const results = storeResults();
    const weeksAgo = Date.now() / 1000 - 30 * 86_400;
    for (const path of [captureOf(capture), resultsOf(results)]) utimesSync(path, weeksAgo, weeksAgo);
    await notedHoursAgo(1000);
    await open();
    await closing.close();
    assert.ok(existsSync(captureOf(capture)));
    assert.ok(existsSync(resultsOf(results)));
    assert.deepEqual(lines, []);
  });
});

describe('housekeeping', () => {
  it('tells what failed with its error, and does the rest', async () => {
    const database = await openEmbedded(join(folder, 'database'));
    await database.close();
    const { lines, log } = aLog();
    let done = 0;
    const chores = [
      { name: 'vacuum', run: async () => void (await database.query('VACUUM')) },
      { name: 'count', run: async () => void done++ },
    ];
    mock.timers.enable({ apis: ['setInterval'] });
    const stop = doHourly(chores, log);
    mock.timers.tick(HOUR_MS - 1);
    assert.equal(done, 0);
    mock.timers.tick(1);
    await stop();
    mock.timers.tick(HOUR_MS);
    mock.timers.reset();
    assert.equal(done, 1);
    assert.equal(lines.length, 1);
    const { level, msg, chore, err } = JSON.parse(lines[0]!);
    assert.deepEqual([level, msg, chore], [40, 'housekeeping failed', 'vacuum']);
    assert.match(err.message, /closed/);
  });
});
