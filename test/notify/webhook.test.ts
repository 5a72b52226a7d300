import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { PortledgerError } from '../../src/errors.ts';
import { parseAllowed } from '../../src/notify/addresses.ts';
import { messageOf } from '../../src/notify/message.ts';
import type { EndedJob } from '../../src/notify/notifier.ts';
import { checkWebhookSecret, createNotifier } from '../../src/notify/webhook.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const LOOPBACK = parseAllowed(['127.0.0.0/8']);
const NEVER = new AbortController().signal;

type Call = { headers: IncomingMessage['headers']; body: string };

async function receiver(t: TestContext, answer: (response: ServerResponse, index: number) => void) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    calls.push({ headers: request.headers, body });
    answer(response, calls.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { calls, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

function endedJob(url: string, changes: Partial<EndedJob> = {}): EndedJob {
  return {
    id: 'job1',
    status: 'completed',
    finishedAt: new Date('2026-03-01T10:00:00Z'),
    labels: { ticket: 'INC1' },
    summary: { code: 'port-exhaustion', headline: 'The pool filled.', text: 'All 100 ports were taken.' },
    failure: null,
    baseUrl: 'https://ledger.example',
    webhook: { url, secret: SECRET },
    ...changes,
  };
}

test('a call is signed, carries the label and absolute links, and keeps its id in every try', async (t) => {
  const { calls, url } = await receiver(t, (response, index) => response.writeHead(index < 2 ? 500 : 200).end());
  const notifier = createNotifier(LOOPBACK);
  const outcomes = [];
  for (let index = 0; index < 3; index++) outcomes.push(await notifier.deliver('msg_1', endedJob(url), NEVER));
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    ['retry', 'retry', 'delivered'],
  );
  assert.equal(outcomes[0]!.answer, 'status 500');
  assert.equal(calls.length, 3);
  for (const { headers, body } of calls) {
    assert.equal(headers['webhook-id'], 'msg_1');
    const message = new Webhook(SECRET).verify(body, headers as Record<string, string>);
    assert.deepEqual(message, {
      type: 'job.completed',
      timestamp: '2026-03-01T10:00:00.000Z',
      data: {
        job: {
          id: 'job1',
          status: 'completed',
          labels: { ticket: 'INC1' },
          links: {
            self: 'https://ledger.example/v1/jobs/job1',
            result: 'https://ledger.example/v1/jobs/job1/result',
            report: 'https://ledger.example/v1/jobs/job1/report',
            sessions: 'https://ledger.example/v1/jobs/job1/tables/sessions',
            ports: 'https://ledger.example/v1/jobs/job1/tables/ports',
            reuses: 'https://ledger.example/v1/jobs/job1/tables/reuses',
            windows: 'https://ledger.example/v1/jobs/job1/tables/windows',
          },
          error: null,
        },
        summary: { code: 'port-exhaustion', headline: 'The pool filled.', text: 'All 100 ports were taken.' },
      },
    });
    const changed = body.replace('INC1', 'INC2');
    assert.throws(() => new Webhook(SECRET).verify(changed, headers as Record<string, string>));
  }
});

test('a failed job is told with its problem and without links that lead nowhere', () => {
  const failure = { code: 'capture-not-recognised', detail: 'notes.txt begins with "Hello"' } as const;
  const message = JSON.parse(messageOf(endedJob('http://x', { status: 'failed', summary: null, failure })));
  assert.equal(message.type, 'job.failed');
  assert.equal(message.data.job.error.code, 'capture-not-recognised');
  assert.equal(message.data.job.error.detail, 'notes.txt begins with "Hello"');
  assert.deepEqual(message.data.job.links, { self: 'https://ledger.example/v1/jobs/job1' });
  assert.equal(message.data.summary, null);
});

test('a body stays below 20 kB whatever the summary says', () => {
  const long = '"\u0001ü€😀'.repeat(20_000);
  const labels = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`label${index}`, 'x'.repeat(255)]));
  const failure = { code: 'file-unreadable', detail: long } as const;
  const body = messageOf(endedJob('http://x', { labels, summary: { code: 'c', headline: long, text: long }, failure }));
  assert.ok(Buffer.byteLength(body) < 20_000, `${Buffer.byteLength(body)} bytes`);
  const { summary } = JSON.parse(body).data;
  assert.ok(summary.text.endsWith('…') && long.startsWith(summary.text.slice(0, -1)));
});

test('410 ends the calls, 429 may put them off, redirects are not followed', async (t) => {
  const { url } = await receiver(t, (response) => response.writeHead(410).end());
  assert.equal((await createNotifier(LOOPBACK).deliver('m', endedJob(url), NEVER)).outcome, 'given-up');

  const busy = await receiver(t, (response) => response.writeHead(429, { 'retry-after': '120' }).end());
  const outcome = await createNotifier(LOOPBACK).deliver('m', endedJob(busy.url), NEVER);
  assert.deepEqual(outcome, { outcome: 'retry', answer: 'status 429', afterSeconds: 120 });

  const moved = await receiver(t, (response) => response.writeHead(307, { location: url }).end());
  const redirected = await createNotifier(LOOPBACK).deliver('m', endedJob(moved.url), NEVER);
  assert.deepEqual(redirected, { outcome: 'retry', answer: 'status 307: redirects are not followed' });
});

test('a receiver that never answers is given up for this time', async (t) => {
  const { url } = await receiver(t, () => undefined);
  const outcome = await createNotifier(LOOPBACK, 50).deliver('m', endedJob(url), NEVER);
  assert.deepEqual(outcome, { outcome: 'retry', answer: 'no answer within 0.05 s' });
});

test('of an endless reply no more is read than the limit', async (t) => {
  let written = 0;
  const { url } = await receiver(t, (response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) written += 16_384;
    };
    response.on('drain', pour);
    pour();
  });
  const outcome = await createNotifier(LOOPBACK).deliver('m', endedJob(url), NEVER);
  assert.equal(outcome.outcome, 'delivered');
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes were written`);
});

test('an address that is not public is never connected to', async (t) => {
  const { calls, url } = await receiver(t, (response) => response.writeHead(200).end());
  for (const target of [url, url.replace('127.0.0.1', 'localhost')]) {
    const outcome = await createNotifier(parseAllowed([])).deliver('m', endedJob(target), NEVER);
    assert.equal(outcome.outcome, 'given-up', target);
    assert.match(outcome.answer, /not public/);
  }
  assert.equal(calls.length, 0);
});

test('a closed port is tried again', async () => {
  const outcome = await createNotifier(LOOPBACK).deliver('m', endedJob('http://127.0.0.1:1/'), NEVER);
  assert.equal(outcome.outcome, 'retry');
  assert.match(outcome.answer, /ECONNREFUSED/);
});

test('a secret must be one that can sign', () => {
  checkWebhookSecret(SECRET);
  for (const secret of ['whsec_', 'whsec_!!!!', 'whsec_abc']) {
    assert.throws(
      () => checkWebhookSecret(secret),
      (error) => error instanceof PortledgerError,
    );
  }
});
