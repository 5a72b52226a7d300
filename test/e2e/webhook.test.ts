/** A ticket system's side: a receiver that is out of order twice, then hears of a completed and of a failed job. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { Job } from '../../src/contract/job.ts';
import { EXAMPLE, type RoleProcess, startRole } from './processes.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Message {
  type: string;
  data: {
    job: { id: string; labels: Record<string, string>; links: Record<string, string>; error: { code: string } | null };
    summary: { code: string } | null;
  };
}

describe('a webhook', { timeout: 120_000 }, () => {
  const calls: Call[] = [];
  let folder: string;
  let receiver: Server;
  let service: RoleProcess;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portledger-webhook-'));
    receiver = createServer(async (request, response) => {
      calls.push({ headers: request.headers, body: await text(request) });
      response.writeHead(calls.length <= 2 ? 500 : 200).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    service = await startRole('serve', {
      DATA_DIR: folder,
      WEBHOOK_ALLOW: '127.0.0.0/8',
      WEBHOOK_RETRY_SECONDS: '0.3,0.3,60',
    });
  });
  after(async () => {
    await service.end('SIGTERM');
    receiver.close();
    rmSync(folder, { recursive: true });
  });

  async function submitTold(file: Blob, ticket: string): Promise<Job> {
    const form = new FormData();
    const { port } = receiver.address() as AddressInfo;
    form.set('webhook', JSON.stringify({ url: `http://127.0.0.1:${port}/hook`, secret: SECRET }));
    form.set('labels', JSON.stringify({ ticket }));
    form.set('file', file, 'capture.pcap');
    const answer = await fetch(`${service.url}/v1/jobs`, { method: 'POST', body: form });
    assert.equal(answer.status, 202);
    return (await answer.json()) as Job;
  }

  async function heard(number: number): Promise<Call> {
    while (calls.length < number) await delay(20);
    return calls[number - 1]!;
  }

  it('comes again with the same id until it is heard, signed, with the label of the ticket', async () => {
    const job = await submitTold(new Blob([readFileSync(EXAMPLE)]), 'INC1');
    const { headers, body } = await heard(3);
    assert.equal(new Set(calls.map((call) => call.headers['webhook-id'])).size, 1);
    assert.equal(new Set(calls.map((call) => call.body)).size, 1);
    const signed = {
      'webhook-id': String(headers['webhook-id']),
      'webhook-timestamp': String(headers['webhook-timestamp']),
      'webhook-signature': String(headers['webhook-signature']),
    };
    const message = new Webhook(SECRET).verify(body, signed) as Message;
    assert.equal(message.type, 'job.completed');
    assert.equal(message.data.job.id, job.id);
    assert.deepEqual(message.data.job.labels, { ticket: 'INC1' });
    assert.equal(message.data.summary?.code, 'port-exhaustion');
    const result = await fetch(message.data.job.links.result!);
    assert.equal(result.status, 200, 'the links are absolute');
  });

  it('tells of a failed job, too', async () => {
    await submitTold(new Blob(['this is no capture']), 'INC2');
    const message = JSON.parse((await heard(4)).body) as Message;
    assert.equal(message.type, 'job.failed');
    assert.deepEqual(message.data.job.labels, { ticket: 'INC2' });
    assert.equal(message.data.job.error?.code, 'capture-not-recognised');
  });
});
