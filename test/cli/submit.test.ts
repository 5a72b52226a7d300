/** `portledger submit` against the API, with the test in the place of a worker. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createKey, parseKeyHashes } from '../../src/http/keys.ts';
import type { JobEnd } from '../../src/records/records.ts';
import { eventually } from '../http/raw.ts';
import { COMPLETED, REPORT, type Service, startService } from '../http/service.ts';
import { type Answer, portledger } from './portledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'portledger-submit-'));
const file = (name: string, content = `content of ${name}`) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const [first, second] = [file('b.pcap'), file('a.pcap')];
const evidence = [file('netstat.txt'), file('nothing.txt', '')];

let service: Service;
let key: string;
before(async () => {
  const created = createKey('ci');
  key = created.key;
  service = await startService({ keys: parseKeyHashes(created.entry) });
});
after(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command, and ends the job that it makes. */
async function submitted(end: JobEnd, ...args: string[]): Promise<{ id: string; answer: Answer }> {
  const known = service.queued.length;
  const running = portledger('submit', ...args, '--url', service.url, '--key', key);
  await eventually(() => service.queued.length > known, 'a job');
  const id = service.queued[known]!;
  if (end.status === 'completed') await service.writeResults(id, REPORT);
  await service.finish(id, end);
  return { id, answer: await running };
}

describe('submit', () => {
  it('uploads all files, waits and prints the verdict', async () => {
    const settings = [
      '--label',
      'ticket=INC1',
      '--label',
      'note=a=b',
      '--time-wait',
      '60',
      ...evidence.flatMap((path) => ['--evidence', path]),
    ];
    const { id, answer } = await submitted(COMPLETED, first, second, ...settings);
    assert.deepEqual([answer.status, answer.stderr], [0, '']);
    assert.ok(answer.stdout.startsWith(REPORT.summary.headline), answer.stdout);
    const job = await service.records.jobs.find(id);
    assert.deepEqual(job?.labels, { ticket: 'INC1', note: 'a=b' });
    assert.deepEqual(job.options, { timeWaitSeconds: 60 });
    assert.deepEqual(
      [job.captures.map(({ name }) => name), job.evidence.map(({ name }) => name)],
      [
        ['b.pcap', 'a.pcap'],
        ['netstat.txt', 'nothing.txt'],
      ],
    );
  });

  it('prints the report and nothing else with --json', async () => {
    const { answer } = await submitted(COMPLETED, first, '--json');
    assert.deepEqual([answer.status, answer.stderr, JSON.parse(answer.stdout)], [0, '', REPORT]);
  });

  it('says why a job failed, by the code of its failure', async () => {
    const failure = { code: 'capture-not-recognised', detail: 'b.pcap: no capture' } as const;
    const { id, answer } = await submitted({ status: 'failed', failure }, first);
    assert.deepEqual([answer.status, answer.stdout], [1, '']);
    assert.equal(answer.stderr, `portledger: job ${id} ended as failed: b.pcap: no capture (capture-not-recognised)\n`);
  });

  it('says that a job was cancelled', async () => {
    const { id, answer } = await submitted({ status: 'cancelled' }, first);
    assert.equal(answer.status, 1);
    assert.equal(answer.stderr, `portledger: job ${id} ended as cancelled (job-without-result)\n`);
  });

  it('says what the server refuses, by its code', async () => {
    const { status, stderr } = await portledger('submit', first, '--url', service.url, '--key', 'pl_wrong');
    assert.equal(status, 1);
    assert.match(stderr, /answered 401: .*\(unauthorized\)\n$/);
  });
});
