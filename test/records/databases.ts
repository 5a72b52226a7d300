/** Each database that the records can be kept in, for tests that must hold on all of them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { type Database, openPostgres } from '../../src/records/database.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';
import type { CaptureRecord, JobRecord, NewJob, Records } from '../../src/records/records.ts';
import { skipPostgres, startPostgres } from '../servers.ts';

interface TestDatabase {
  open(): Promise<Database>;
  remove(): Promise<void>;
}

const DATABASES: { name: string; skip: false | string; create: () => Promise<TestDatabase> }[] = [
  { name: 'PGlite', skip: false, create: embedded },
  { name: 'PostgreSQL', skip: skipPostgres, create: server },
];

async function embedded(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-records-'));
  return {
    open: () => openEmbedded(join(folder, 'database')),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

async function server(): Promise<TestDatabase> {
  const { url, stop } = await startPostgres();
  return {
    open: async () =>
      openPostgres(url, (error) => {
        throw error;
      }),
    remove: stop,
  };
}

export const webhook = { url: 'https://tickets.example.org/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

/** Records on a database of their own. `database` and `records` are there when the tests run, not while they are named. */
export interface OpenRecords {
  readonly database: Database;
  readonly records: Records;
  /** After `records.close()`: the same database, opened anew. */
  again(): Promise<void>;
  aCapture(kind?: 'capture' | 'evidence', name?: string): Promise<CaptureRecord>;
  /** With a capture of its own, unless others are named. */
  aJob(fields?: Partial<NewJob>): Promise<JobRecord>;
  /** The id of a job that `holder` has taken up. */
  started(fields?: Partial<NewJob>, holder?: string): Promise<string>;
  /** The holder of the job was last heard of a minute ago. */
  silence(id: string): Promise<unknown>;
}

/** The tests of `subject`, once on each database. */
export function onEachDatabase(subject: string, tests: (open: OpenRecords) => void): void {
  for (const { name, skip, create } of DATABASES) {
    describe(`${subject} on ${name}`, { skip }, () => {
      let home: TestDatabase;
      let database: Database;
      let records: Records;
      const again = async () => {
        database = await home.open();
        records = await openRecords(database);
      };
      before(async () => {
        home = await create();
        await again();
      });
      after(async () => {
        await records.close();
        await home.remove();
      });
      tests(openRecordsOf(() => ({ database, records }), again));
    });
  }
}

function openRecordsOf(now: () => { database: Database; records: Records }, again: () => Promise<void>): OpenRecords {
  const aCapture: OpenRecords['aCapture'] = (kind = 'capture', name = 'a.pcap') =>
    now().records.captures.create({ id: randomUUID(), kind, name, bytes: 2 ** 33, sha256: 'ab'.repeat(32) });

  const aJob: OpenRecords['aJob'] = async (fields = {}) => {
    const captures = fields.captures ?? [{ id: (await aCapture()).id, owned: true }];
    return now().records.jobs.create({
      evidence: [],
      options: { timeWaitSeconds: 30 },
      labels: {},
      webhook: null,
      baseUrl: 'http://127.0.0.1:8080',
      ...fields,
      captures,
    });
  };

  return {
    get database() {
      return now().database;
    },
    get records() {
      return now().records;
    },
    again,
    aCapture,
    aJob,
    started: async (fields = {}, holder = 'worker') => {
      const { id } = await aJob(fields);
      assert.equal((await now().records.jobs.start(id, holder)).outcome, 'started');
      return id;
    },
    silence: (id) =>
      now().database.query(`UPDATE portledger.job SET heartbeat_at = now() - interval '1 minute' WHERE id = $1`, [id]),
  };
}
