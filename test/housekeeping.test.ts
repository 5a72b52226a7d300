/** What killed processes leave is removed, at the start and every hour; what fails is told. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it, mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Closing } from '../src/closing.ts';
import { loadConfig } from '../src/config.ts';
import { doHourly } from '../src/housekeeping.ts';
import { createLog } from '../src/log.ts';
import { openEmbedded } from '../src/records/embedded.ts';
import type { NewJob } from '../src/records/records.ts';
import { openParts } from '../src/service-parts.ts';

const HOUR_MS = 3_600_000;
const HOURS_AGO = (hours: number) => Date.now() / 1000 - hours * 3600;

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

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

const age = (path: string, hours: number) => utimesSync(path, HOURS_AGO(hours), HOURS_AGO(hours));

describe('files without a record', () => {
  const config = loadConfig({ DATA_DIR: folder });
  const { lines, log } = aLog();
  let closing: Closing;
  const open = () => {
    closing = new Closing(log);
    return openParts(config, log, closing);
  };
  const stored = (id: string) => join(folder, 'captures', id);

  function orphanResults(hours: number): string {
    const path = join(folder, 'results', randomUUID());
    mkdirSync(path);
    writeFileSync(join(path, 'report.json'), '{}');
    age(path, hours);
    return path;
  }

  function orphan(hours: number): string {
    const path = stored(randomUUID());
    writeFileSync(path, 'x');
    age(path, hours);
    return path;
  }

  before(async () => {
    await open();
    await closing.close();
  });
  after(() => mock.timers.reset());

  it('are removed at the start and in every hour when they are a day old; no other file is', async () => {
    const old = orphan(25);
    const young = orphan(23);
    const oldResults = orphanResults(25);
    const youngResults = orphanResults(23);
    const foreign = join(folder, 'captures', 'README');
    writeFileSync(foreign, 'x');
    age(foreign, 25);
    mock.timers.enable({ apis: ['setInterval'] });
    const { records, captures, results } = await open();
    assert.ok(!existsSync(old));
    assert.ok(existsSync(young));
    assert.ok(!existsSync(oldResults));
    assert.ok(existsSync(youngResults));
    assert.ok(existsSync(foreign));
    assert.ok(
      lines.some((line) => line.includes('"captures":1,"results":1')),
      lines.join(''),
    );

    const upload = await captures.create();
    await pipeline(Readable.from([Buffer.from('x')]), upload.stream);
    const { id } = await records.captures.create({ ...(await upload.commit()), kind: 'capture', name: 'a.pcap' });
    const job = await records.jobs.create({ ...JOB, captures: [{ id, owned: true }] });
    await (await results.create(job.id)).commit();
    age(join(folder, 'results', job.id), 100);
    age(stored(id), 100);
    age(young, 25);
    mock.timers.tick(HOUR_MS);
    await until(() => !existsSync(young));
    await closing.close();
    assert.ok(existsSync(stored(id)), 'a capture that has a record stays, however old');
    assert.ok(existsSync(join(folder, 'results', job.id)), 'and so do results');
    assert.ok(existsSync(foreign));
    mock.timers.reset();
  });

  it('stay where the captures are those of another database', async () => {
    writeFileSync(join(folder, 'installation'), randomUUID());
    const old = orphan(25);
    await open();
    await closing.close();
    assert.ok(existsSync(old));
    assert.ok(lines.some((line) => line.includes('"level":40') && line.includes('belong to another database')));
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
