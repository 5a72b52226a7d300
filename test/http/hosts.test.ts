import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import request from 'supertest';
import { buildApp } from '../../src/http/app.ts';
import { createKey, parseKeyHashes } from '../../src/http/keys.ts';
import type { Parts } from '../../src/http/parts.ts';
import { openRaw } from './raw.ts';
import { type Service, startService } from './service.ts';

let service: Service;
const apps: FastifyInstance[] = [];
before(async () => {
  service = await startService();
});
after(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await service.close();
});

async function startWith(changes: Partial<Parts>): Promise<string> {
  const app = await buildApp({ ...service.parts, ...changes });
  apps.push(app);
  return app.listen({ host: '127.0.0.1', port: 0 });
}

const LOCAL = ['127.0.0.1', '127.0.0.1:80', '10.1.2.3:8080', '[::1]:8080', 'localhost', 'LOCALHOST:9', 'a.localhost:1'];
const FOREIGN = ['evil.example', 'evil.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhostx'];
const NONE = ['a b', 'a/b', '@localhost', 'evil.example@127.0.0.1', 'evil.example#.localhost', ''];

describe('a Host', () => {
  it('is an address or localhost where no key is needed and nobody said that everyone may come', async () => {
    for (const host of LOCAL) await request(service.url).get('/v1/jobs').set('host', host).expect(200);
    for (const host of [...FOREIGN, ...NONE]) {
      for (const path of ['/v1/captures', '/v1/nothing', '/docs/', '/healthz']) {
        const { status, body } = await request(service.url).get(path).set('host', host);
        assert.deepEqual([status, body.code], [403, 'host-refused'], `${host} ${path}`);
        assert.match(body.detail, /PUBLIC_URL.*API_KEY_HASHES.*LISTEN_WITHOUT_KEYS=yes/);
      }
    }
  });

  it('may be the one of the public address', async () => {
    const url = await startWith({ publicUrl: 'https://Ledger.example:8443/port' });
    for (const host of [...LOCAL, 'ledger.example', 'LEDGER.example.:1']) {
      await request(url).get('/v1/jobs').set('host', host).expect(200);
    }
    for (const host of FOREIGN) await request(url).get('/v1/jobs').set('host', host).expect(403);
  });

  it('may be any where a key is needed, or where the plain word is said', async () => {
    const { key, entry } = createKey('tickets');
    const locked = await startWith({ keys: parseKeyHashes(entry) });
    const open = await startWith({ listenWithoutKeys: true });
    for (const host of [...LOCAL, ...FOREIGN]) {
      await request(locked).get('/v1/jobs').set('host', host).set('authorization', `Bearer ${key}`).expect(200);
      await request(open).get('/v1/jobs').set('host', host).expect(200);
    }
  });

  it('is there once, but in HTTP/1.0', async () => {
    const statusOf = async (...head: string[]) => {
      const client = await openRaw(service.port);
      await client.send(`${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n`);
      const answer = (await client.closed())!;
      if (answer.status !== 200) assert.equal(JSON.parse(answer.body).code, 'request-invalid');
      return answer.status;
    };
    assert.equal(await statusOf('GET /healthz HTTP/1.1'), 400);
    assert.equal(await statusOf('GET /healthz HTTP/1.1', 'Host: localhost', 'Host: evil.example'), 400);
    assert.equal(await statusOf('GET /healthz HTTP/1.0', 'Host: localhost', 'Host: localhost'), 400);
    assert.equal(await statusOf('GET /healthz HTTP/1.0'), 200);
    assert.equal(await statusOf('GET /healthz HTTP/1.1', 'Host: localhost'), 200);
  });
});
