import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { type Service, startService } from './service.ts';

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const post = () => request(service.url).post('/v1/jobs');

describe('a webhook in a job', () => {
  it('is shown without its secret', async () => {
    const webhook = { url: 'https://8.8.8.8/hook', secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` };
    const response = await post().field('webhook', JSON.stringify(webhook)).attach('file', Buffer.from('x'), 'a');
    assert.equal(response.status, 202);
    assert.deepEqual(response.body.webhook, { url: webhook.url });
    const shown = await request(service.url).get(response.body.links.self).expect(200);
    assert.ok(!shown.text.includes('whsec_'));
    assert.ok(!service.logged.join('').includes(webhook.secret));
    assert.equal((await service.records.jobs.find(response.body.id))!.webhook!.secret, webhook.secret);
  });

  it('keeps its secret out of every answer and every line of the log, whatever else is wrong', async () => {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const url = 'https://8.8.8.8/hook';
    const webhook = JSON.stringify({ url, secret });
    const form = (field: string) => post().field('webhook', field).attach('file', Buffer.from('x'), 'a');
    const json = (body: string) => post().type('json').send(body);
    const wrong = [
      form(webhook.slice(0, -1)),
      form(webhook.replace('"secret"', 'secret')),
      form(JSON.stringify(secret)),
      form(JSON.stringify({ url, secret: `${secret}!` })),
      form(JSON.stringify({ url: secret, secret })),
      form(JSON.stringify({ url: 'http://10.0.0.1/', secret })),
      form(JSON.stringify({ url, secret, more: secret })),
      post().field('webhook', webhook),
      json(`{"captures":["x"],"webhook":${webhook}`),
      json(`{"captures":["x"],"webhook":${webhook.replace('"secret"', 'secret')}}`),
      json(`{"captures":["x"],"webhook":${webhook}}`),
      json(`{"captures":["x"],"webhook":[${webhook}]}`),
    ];
    for (const [index, response] of (await Promise.all(wrong)).entries()) {
      assert.ok(response.status >= 400 && response.status < 500, `${index}: ${response.status}`);
      assert.ok(!response.text.includes(secret.slice(6, 16)), response.text);
    }
    const { body } = await form(webhook).expect(202);
    for (const path of [body.links.self, '/v1/jobs', '/openapi.json']) {
      assert.ok(!(await request(service.url).get(path).expect(200)).text.includes(secret), path);
    }
    assert.ok(!service.logged.join('').includes(secret.slice(6, 16)));
  });
});
