/** The page for ticket systems, run as it stands: its commands by a shell, its receiver as a program, on a real service. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tickets.md'), 'utf8');
const SECRET = `whsec_${randomBytes(24).toString('base64')}`;

const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);

let folder: string;
let service: ChildProcess;
let url: string;

type Lines = AsyncIterator<string>;
const lines = ({ stdout }: ChildProcess): Lines => createInterface({ input: stdout! })[Symbol.asyncIterator]();

/** The next line of a program's output that the pattern fits. */
async function lineOf(output: Lines, pattern: RegExp): Promise<RegExpExecArray> {
  for (let next = await output.next(); !next.done; next = await output.next()) {
    const match = pattern.exec(next.value);
    if (match !== null) return match;
  }
  throw new Error(`the program ended without a line like ${pattern}`);
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portledger-tickets-'));
  cpSync(join(ROOT, 'examples'), join(folder, 'examples'), { recursive: true });
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  service = spawn(process.execPath, [join(ROOT, 'dist/src/cli.js'), 'serve'], {
    env: {
      ...inherited,
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      LOG_LEVEL: 'warn',
      WEBHOOK_ALLOW: '127.0.0.1',
      WEBHOOK_RETRY_SECONDS: '0.1,0.1,0.1',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = (await lineOf(lines(service), /http:\/\/[\d.:]+/))[0];
});

after(async () => {
  const ended = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

describe('the page for ticket systems', () => {
  it('has commands that work, and a receiver that is told', async () => {
    // Beside this test, where the packages of the project are found.
    const receiverFile = join(import.meta.dirname, 'receiver.mjs');
    writeFileSync(receiverFile, blocks('js')[0]!);
    const receiver = spawn(process.execPath, [receiverFile], {
      env: { ...process.env, PORT: '0', WEBHOOK_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const output = lines(receiver);
      const [, port] = await lineOf(output, /^listening on port (\d+)$/);
      const env = {
        ...process.env,
        PORTLEDGER: url,
        WEBHOOK_URL: `http://127.0.0.1:${port}/hook`,
        WEBHOOK_SECRET: SECRET,
      };
      const script = `set -e\n${blocks('sh').join('\n')}`;
      await promisify(execFile)('bash', ['-c', script], { cwd: folder, env }).catch((error: { stdout: string }) => {
        throw new Error(`${error}\n${error.stdout}`);
      });
      const [told] = await lineOf(output, /^INC4711: .*/);
      assert.match(told, /^INC4711: job\.completed: .*10\.2\.0\.1:3200.* http:\/\/127\.0\.0\.1:\d+\/v1\/jobs\//);
    } finally {
      receiver.kill();
      rmSync(receiverFile);
    }
    const file = (name: string) => readFileSync(join(folder, name), 'utf8');
    const job = JSON.parse(file('job.json'));
    assert.equal(job.status, 'completed');
    assert.equal(job.summary.code, 'port-exhaustion');
    assert.deepEqual(JSON.parse(file('report.json')).summary, job.summary);
    const jobs = JSON.parse(file('jobs.json')).jobs.map(({ id }: { id: string }) => id);
    assert.ok(jobs.includes(job.id));
    const [names, ...rows] = file('ports.csv').trim().split('\r\n');
    assert.match(names!, /^client,remoteAddress,remotePort,localPort,synPackets/);
    assert.equal(rows.length, 10);
    assert.match(file('report.md'), /10\.2\.0\.1:3200/);
    assert.match(file('report.txt'), /10\.2\.0\.1:3200/);
    assert.match(file('report.html'), /^<!doctype html>/i);
    assert.equal((await fetch(`${url}${job.links.self}`)).status, 404);
  });
});

describe('a webhook', () => {
  type Call = { headers: IncomingHttpHeaders; body: string };

  async function receive(statuses: number[], submit: (hook: string) => Promise<unknown>): Promise<Call[]> {
    const calls: Call[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request.setEncoding('utf8')) body += piece;
      calls.push({ headers: request.headers, body });
      response.writeHead(statuses[calls.length - 1]!).end();
      if (calls.length === statuses.length) server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const closed = new Promise((resolve) => server.once('close', resolve));
    await submit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`);
    await closed;
    return calls;
  }

  const submit = (content: Buffer | string) => async (hook: string) => {
    const form = new FormData();
    form.set('file', new Blob([content]), 'capture.pcap');
    form.set('labels', '{"ticket":"INC4712"}');
    form.set('webhook', JSON.stringify({ url: hook, secret: SECRET }));
    const response = await fetch(`${url}/v1/jobs`, { method: 'POST', body: form });
    assert.equal(response.status, 202, await response.text());
  };

  it('that is answered 500 twice is called three times, with one id, signed each time', async () => {
    const calls = await receive([500, 500, 200], submit(readFileSync(join(ROOT, 'examples/exhaustion.pcap'))));
    assert.equal(new Set(calls.map(({ headers }) => headers['webhook-id'])).size, 1);
    for (const { headers, body } of calls) {
      assert.ok(Buffer.byteLength(body) < 20_000);
      type Message = {
        type: string;
        data: { job: { labels: object; links: { result: string } }; summary: { code: string } };
      };
      const message = new Webhook(SECRET).verify(body, headers as Record<string, string>) as Message;
      assert.equal(message.type, 'job.completed');
      assert.deepEqual(message.data.job.labels, { ticket: 'INC4712' });
      assert.equal(message.data.summary.code, 'port-exhaustion');
      const result = await fetch(message.data.job.links.result);
      assert.equal(((await result.json()) as Message['data']).summary.code, 'port-exhaustion');
    }
  });

  it('is told of a job that failed, and why', async () => {
    const [call] = await receive([204], submit('this is no capture'));
    type Failed = {
      type: string;
      data: { job: { status: string; error: { code: string; detail: string } }; summary: null };
    };
    const { type, data } = new Webhook(SECRET).verify(call!.body, call!.headers as Record<string, string>) as Failed;
    assert.equal(type, 'job.failed');
    assert.equal(data.job.status, 'failed');
    assert.equal(data.job.error.code, 'capture-not-recognised');
    assert.equal(data.summary, null);
  });
});
