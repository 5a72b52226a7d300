/** Workers on embedded parts with scripted captures, for tests. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog } from '../../src/log.ts';
import type { Notifier } from '../../src/notify/notifier.ts';
import { openQueues } from '../../src/queue/open.ts';
import { openEmbedded } from '../../src/records/embedded.ts';
import { openRecords } from '../../src/records/open.ts';
import type { JobRecord, NewJob } from '../../src/records/records.ts';
import { openCaptureDirectory } from '../../src/store/capture-directory.ts';
import { openResultDirectory } from '../../src/store/result-directory.ts';
import { startWork, type WorkParts } from '../../workers/main.ts';

const MIB = 2 ** 20;

export async function openWorkshop() {
  const root = mkdtempSync(join(tmpdir(), 'portledger-work-'));
  const database = await openEmbedded(join(root, 'database'));
  const records = await openRecords(database);
  const captures = await openCaptureDirectory({
    root,
    maxCaptureBytes: MIB,
    diskReserveBytes: 0,
    sweepUntouchedSeconds: 0,
  });
  const results = await openResultDirectory({ root, sweepUntouchedSeconds: 0 });
  const logged: string[] = [];
  const log = createLog('info', { write: (line) => void logged.push(line) });
  const queues = await openQueues({ kind: 'embedded', session: database.session }, (error) => {
    throw error;
  });
  const silent: Notifier = { deliver: async () => ({ outcome: 'delivered', answer: 'status 200' }) };
  const parts: WorkParts = {
    records,
    captures,
    results,
    queues,
    notifier: silent,
    retrySeconds: [0.2, 0.2],
    log,
    concurrency: 2,
    childEntry: new URL('./scripted-child.js', import.meta.url),
    memoryBytes: 256 * MIB,
    timeoutSeconds: 60,
    graceSeconds: 0,
  };

  async function capture(script: string): Promise<string> {
    const incoming = await captures.create();
    await pipeline(Readable.from([Buffer.from(script)]), incoming.stream);
    const stored = await incoming.commit({ sha256: createHash('sha256').update(script).digest('hex') });
    await records.captures.create({ ...stored, kind: 'capture', name: 'script.pcap' });
    return stored.id;
  }

  return {
    root,
    database,
    records,
    results,
    queues,
    parts,
    logged,
    work: (changes: Partial<WorkParts> = {}) => startWork({ ...parts, ...changes }),
    async job(script: string, fields: Partial<NewJob> = {}): Promise<string> {
      const { id } = await records.jobs.create({
        captures: [{ id: await capture(script), owned: true }],
        evidence: [],
        options: {},
        labels: {},
        webhook: null,
        baseUrl: 'http://127.0.0.1:8080',
        ...fields,
      });
      return id;
    },
    async submit(script: string, fields: Partial<NewJob> = {}): Promise<string> {
      const id = await this.job(script, fields);
      await queues.analyses.add(id);
      return id;
    },
    /** The record, once it satisfies the condition. */
    async until(id: string, condition: (job: JobRecord) => boolean): Promise<JobRecord> {
      for (;;) {
        const job = (await records.jobs.find(id))!;
        if (condition(job)) return job;
        await delay(20);
      }
    },
    ended(id: string): Promise<JobRecord> {
      return this.until(id, ({ finishedAt }) => finishedAt !== null);
    },
    resultFolders: () => readdirSync(join(root, 'results')),
    async close() {
      await queues.close();
      await records.close();
      rmSync(root, { recursive: true });
    },
  };
}

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;
