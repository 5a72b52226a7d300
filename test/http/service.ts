/** The API on its real parts for tests: records in PGlite, a store in a temporary folder, DuckDB; it listens on loopback. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Report } from '../../src/contract/report.ts';
import { TABLES, type TableName, type TableRow } from '../../src/contract/tables.ts';
import { buildApp } from '../../src/http/app.ts';
import { parseKeyHashes } from '../../src/http/keys.ts';
import type { Parts } from '../../src/http/parts.ts';
import { parseAllowed } from '../../src/notify/addresses.ts';
import { openQueues } from '../../src/queue/open.ts';
import type { JobQueue } from '../../src/queue/queue.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';
import type { JobEnd, Records } from '../../src/records/records.ts';
import { openCaptureDirectory } from '../../src/store/capture-directory.ts';
import { openResultDirectory } from '../../src/store/result-directory.ts';
import { TableReader } from '../../src/tables/reader.ts';
import { writeSources } from '../../src/tables/write.ts';
import { BASE_SECONDS, sourceOf } from '../tables/samples.ts';
import { eventually } from './raw.ts';

export const MAX_CAPTURE_BYTES = 200_000;

export interface Service {
  readonly app: FastifyInstance;
  readonly parts: Parts;
  readonly records: Records;
  readonly port: number;
  readonly url: string;
  /** Ids that were put into the queue of analyses, in order. */
  readonly queued: readonly string[];
  readonly logged: readonly string[];
  /** Names of all files in the folders of the store: of uploads under way, and of captures. */
  storedFiles(): string[];
  /** Does what a worker does with a job: takes it up and ends it. */
  finish(id: string, end?: JobEnd): Promise<void>;
  /** Writes the results of a job as a worker does. */
  writeResults(id: string, report: unknown, tables?: Partial<Record<TableName, TableRow[]>>): Promise<void>;
  close(): Promise<void>;
}

export const COMPLETED: JobEnd = {
  status: 'completed',
  summary: { code: 'no-port-problem', headline: 'Nothing is wrong.', text: 'Nothing is wrong with the ports.' },
  progress: { stage: 'done', bytes: 1, totalBytes: 1, packets: 1, percent: 100, etaSeconds: 0 },
};

const HEADLINE = '10.0.0.1 ran out of <b>ports</b>';
export const REPORT: Report = {
  schemaVersion: 1,
  summary: { code: 'port-exhaustion', headline: HEADLINE, text: `${HEADLINE}. All of them.` },
  quality: { grade: 'A', reasons: [] },
  captures: [],
  totals: {
    packets: 1,
    tcpSegments: 1,
    synPackets: 1,
    synAckPackets: 0,
    finPackets: 0,
    rstPackets: 0,
    attempts: 1,
    synRetransmissions: 0,
    sessions: 1,
    midstreamSessions: 0,
    reuses: 0,
  },
  clients: [],
  clientsTotal: 0,
  targets: [],
  targetsTotal: 0,
  processes: [],
  findings: [],
};

export async function startService(changes: Partial<Parts> = {}): Promise<Service> {
  const root = mkdtempSync(join(tmpdir(), 'portledger-http-'));
  const database = await openEmbedded(join(root, 'database'));
  const records = await openRecords(database);
  const queues = await openQueues({ kind: 'embedded', session: database.session }, (error) => {
    throw error;
  });
  const store = { root, sweepUntouchedSeconds: 0 };
  const captures = await openCaptureDirectory({
    ...store,
    maxCaptureBytes: MAX_CAPTURE_BYTES,
    diskReserveBytes: 0,
  });
  const results = await openResultDirectory(store);
  const tables = new TableReader({
    folders: [join(root, 'results')],
    temporaryFolder: join(root, 'tables'),
    concurrent: 2,
    memoryBytes: 200e6,
    threads: 1,
  });
  const queued: string[] = [];
  const logged: string[] = [];
  const parts: Parts = {
    records,
    captures,
    results,
    tables,
    queues: { ...queues, analyses: listed(queues.analyses, queued) },
    keys: parseKeyHashes(''),
    listenWithoutKeys: false,
    webhookAllow: parseAllowed([]),
    publicUrl: null,
    version: '0.0.0',
    bodyIdleSeconds: 30,
    log: { level: 'info', stream: { write: (line) => void logged.push(line) } },
    ...changes,
  };
  const app = await buildApp(parts);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    app,
    parts,
    records,
    port,
    url: `http://127.0.0.1:${port}`,
    queued,
    logged,
    storedFiles: () => ['incoming', 'captures'].flatMap((folder) => readdirSync(join(root, folder))),
    finish: async (id, end = COMPLETED) => {
      await records.jobs.start(id, 'test');
      await records.jobs.finish(id, 'test', end);
    },
    writeResults: async (id, report, rows = {}) => {
      const pending = await results.create(id);
      await writeFile(join(pending.path, 'report.json'), JSON.stringify(report));
      const names = Object.keys(TABLES) as TableName[];
      const sources = Object.fromEntries(names.map((name) => [name, sourceOf(name, rows[name] ?? [])]));
      await writeSources(pending.path, sources, { baseSeconds: BASE_SECONDS, digits: 9 });
      await pending.commit();
    },
    close: async () => {
      await app.close();
      await tables.close();
      await queues.close();
      await records.close();
      rmSync(root, { recursive: true });
    },
  };
}

/** The queue itself, with a list of what is waiting in it. */
function listed(queue: JobQueue, ids: string[]): JobQueue {
  return {
    add: async (id) => {
      ids.push(id);
      await queue.add(id);
    },
    remove: async (id) => {
      ids.splice(ids.indexOf(id) >>> 0, 1);
      await queue.remove(id);
    },
    counts: () => queue.counts(),
  };
}

/** A form, byte for byte: each part is its header lines and its content. */
export function formBody(
  boundary: string,
  parts: readonly (readonly [head: string, content: string | Buffer])[],
): Buffer {
  const pieces = parts.flatMap(([head, content]) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
}

/**
 * After `work` there are the same captures and queued jobs as before, and nothing is coming in any more. What is still
 * coming in before it, of a request that broke off, goes at a time of its own.
 */
export async function nothingChanged(service: Service, work: () => Promise<void>): Promise<void> {
  const files = () => service.storedFiles().filter((name) => !name.endsWith('.part'));
  const before = files();
  const { captures } = await service.records.captures.list({ limit: 10_000 });
  const jobs = service.queued.length;
  await work();
  await eventually(() => !service.storedFiles().some((name) => name.endsWith('.part')), 'no part left');
  assert.deepEqual(files(), before);
  assert.equal((await service.records.captures.list({ limit: 10_000 })).captures.length, captures.length);
  assert.equal(service.queued.length, jobs);
}
