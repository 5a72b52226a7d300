/** What becomes of connections: of clients that are refused while they send, of what is no request, of odd expectations. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { createKey, parseKeyHashes } from '../../src/http/keys.ts';
import { type Bounds, closeInTime, lingerAfterAnswer } from '../../src/http/lingering.ts';
import { head, openRaw } from './raw.ts';
import { type Service, startService } from './service.ts';

const { key, entry } = createKey('tickets');
const KEY = `Authorization: Bearer ${key}`;
const PCAP = 'Content-Type: application/octet-stream';
/** More than the buffers of both ends of a connection hold. */
const LARGE = Buffer.alloc(24 * 2 ** 20, 'x');

let service: Service;
before(async () => {
  service = await startService({ keys: parseKeyHashes(entry) });
});
after(() => service.close());

const chunked = (body: Buffer) =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
const form = (type: string, body: Buffer) =>
  Buffer.concat([
    Buffer.from(`--b\r\nContent-Disposition: form-data; name="${type}"; filename="a"\r\n\r\n`),
    body,
    Buffer.from('\r\n--b--\r\n'),
  ]);

const LENGTH = `Content-Length: ${LARGE.length}`;
const CHUNKED = 'Transfer-Encoding: chunked';
const FORM = 'Content-Type: multipart/form-data; boundary=b';

const REFUSED: Record<string, [status: number, head: string, body: Buffer]> = {
  'without a key': [401, head('/v1/captures', PCAP, LENGTH), LARGE],
  'too large by its length': [413, head('/v1/captures', KEY, PCAP, LENGTH), LARGE],
  'too large as it comes': [413, head('/v1/captures', KEY, PCAP, CHUNKED), chunked(LARGE)],
  'too large in a form': [413, head('/v1/jobs', KEY, FORM, CHUNKED), chunked(form('file', LARGE))],
  'with an unknown part': [400, head('/v1/jobs', KEY, FORM, CHUNKED), chunked(form('colour', LARGE))],
  'of another type': [415, head('/v1/captures', KEY, 'Content-Type: text/plain', LENGTH), LARGE],
  'too large as JSON': [413, head('/v1/jobs', KEY, 'Content-Type: application/json', LENGTH), LARGE],
  'with an unknown query': [400, head('/v1/captures?colour=red', KEY, PCAP, LENGTH), LARGE],
  'where there is nothing': [404, head('/v1/nothing', KEY, PCAP, LENGTH), LARGE],
  'with an endless head': [431, head('/v1/captures', `X: ${LARGE.toString()}`), LARGE],
  'that is no request': [400, 'nonsense\r\n\r\n', LARGE],
};

describe('a refused upload', () => {
  for (const [what, [status, begin, body]] of Object.entries(REFUSED)) {
    it(`is told so though the client reads only when all is sent: ${what}`, async () => {
      const client = await openRaw(service.port);
      client.socket.pause();
      await client.send(begin);
      await client.send(body);
      client.socket.resume();
      const answer = await client.closed();
      assert.equal(answer?.status, status);
      assert.equal(JSON.parse(answer.body).status, status);
      assert.equal(answer.headers.connection, 'close');
    });
  }

  it('is told so to curl', async (test) => {
    const args = ['-sS', '-H', 'Expect:', '-H', PCAP, '--data-binary', '@-', `${service.url}/v1/captures`];
    const curl = spawn('curl', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const outcome = await Promise.race([once(curl, 'error'), once(curl, 'spawn')]);
    if (outcome[0] instanceof Error) return test.skip('there is no curl here');
    curl.stdin.on('error', () => undefined).end(LARGE);
    const [output, errors] = await Promise.all([text(curl.stdout), text(curl.stderr)]);
    assert.equal(JSON.parse(output).code, 'unauthorized', errors);
  });

  it('is not followed by another request on its connection', async () => {
    const client = await openRaw(service.port);
    await client.send(head('/v1/captures', PCAP, 'Content-Length: 100000'));
    await once(client.socket, 'data');
    const { jobs } = await service.records.jobs.list({ labels: {}, limit: 10 });
    await client.send(Buffer.alloc(100_000));
    await client.send(`${head('/v1/jobs', KEY, PCAP, 'Content-Length: 1')}x`);
    assert.equal((await client.closed())?.status, 401);
    assert.deepEqual((await service.records.jobs.list({ labels: {}, limit: 10 })).jobs, jobs);
  });
});

describe('what still comes after the last answer', () => {
  const WIDE = { bytes: 2 ** 40, milliseconds: 2 ** 30, silentMilliseconds: 2 ** 30 };

  /** Sends until the other side closes; answers with how many bytes that side read. */
  async function sendAgainst(bounds: Partial<Bounds>, write: (client: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.end('answer');
    closeInTime(socket.resume(), { ...WIDE, ...bounds });
    const sending = setInterval(() => write(client), 1);
    client.on('error', () => undefined).resume();
    await once(socket, 'close');
    clearInterval(sending);
    client.destroy();
    server.close();
    return socket.bytesRead;
  }

  it('is read up to a bound of bytes, of time, and of silence', async () => {
    const drip = (client: Socket) => void client.write('x');
    assert.ok((await sendAgainst({ bytes: 100 }, drip)) > 100);
    assert.ok((await sendAgainst({ milliseconds: 50, silentMilliseconds: 40 }, drip)) > 0);
    assert.equal(await sendAgainst({ silentMilliseconds: 20 }, () => undefined), 0);
  });
});

describe('a body that nobody has read', () => {
  it('keeps its connection as long as it comes', async () => {
    const server = createHttpServer((request, response) => {
      lingerAfterAnswer(request, { bytes: 2 ** 20, milliseconds: 60_000, silentMilliseconds: 500 });
      response.writeHead(401, { connection: 'close' }).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
    client.write(head('/', 'Content-Length: 60'));
    const [socket] = (await once(server, 'connection')) as [Socket];
    const sending = setInterval(() => client.write('x'), 20);
    client.on('error', () => undefined).resume();
    await once(socket, 'close');
    clearInterval(sending);
    client.destroy();
    server.close();
    assert.ok(socket.bytesRead >= head('/', 'Content-Length: 60').length + 60);
  });
});

describe('requests sent in one go', () => {
  const statuses = async (count: number) => {
    const client = await openRaw(service.port);
    const gets = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(count - 1);
    let received = '';
    client.socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
    });
    await client.send(`${gets}GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    await client.closed();
    return received.match(/HTTP\/1\.1 200/g)?.length ?? 0;
  };

  it('are answered, but not any number of them', async () => {
    assert.equal(await statuses(128), 128);
    assert.ok((await statuses(1000)) < 1000);
  });

  it('may all wait without a warning', async (test) => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    test.after(() => process.off('warning', note));
    const authorization = `Bearer ${key}`;
    const submit = request(service.url).post('/v1/jobs').type('application/octet-stream');
    const { body } = await submit.set({ authorization }).send('x').expect(202);
    const wait = () => request(service.url).get(`/v1/jobs/${body.id}`).set({ authorization, prefer: 'wait=1' });
    await Promise.all(Array.from({ length: 20 }, () => wait().expect(200)));
    assert.deepEqual(warnings, []);
  });
});

describe('an answer of Node itself', () => {
  it('is a problem, too: an expectation that nobody can meet', async () => {
    const answerTo = async (...fields: string[]) => {
      const client = await openRaw(service.port);
      await client.send(`${head('/v1/jobs', 'Expect: a-miracle', PCAP, 'Content-Length: 1', ...fields)}x`);
      const answer = (await client.closed())!;
      return [answer.status, JSON.parse(answer.body).code, JSON.parse(answer.body).detail];
    };
    const [status, code, detail] = await answerTo(KEY);
    assert.deepEqual([status, code], [417, 'expectation-failed']);
    assert.match(detail, /"a-miracle".*100-continue/);
    assert.equal((await answerTo())[1], 'unauthorized');
  });

  it('is a problem, too: a head that does not come to its end', async () => {
    const [client, [socket]] = await Promise.all([openRaw(service.port), once(service.app.server, 'connection')]);
    await client.send('GET / HTTP/1.1\r\n');
    service.app.server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    const answer = await client.closed();
    assert.deepEqual([answer?.status, JSON.parse(answer!.body).code], [408, 'body-too-slow']);
  });

  it('is a problem, too: the tunnel of a proxy', async () => {
    const client = await openRaw(service.port);
    await client.send('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n');
    const answer = await client.closed();
    assert.deepEqual([answer?.status, JSON.parse(answer!.body).code], [405, 'method-not-allowed']);
  });

  it('does not go into the middle of another one', async () => {
    const { body: job } = await request(service.url)
      .post('/v1/jobs')
      .set('authorization', `Bearer ${key}`)
      .type('application/octet-stream')
      .send('x');
    const client = await openRaw(service.port);
    await client.send(`GET /v1/jobs/${job.id}/events HTTP/1.1\r\nHost: localhost\r\n${KEY}\r\n\r\n`);
    await once(client.socket, 'data');
    await client.send('nonsense\r\n\r\n');
    const answer = await client.closed();
    assert.equal(answer?.status, 200);
    assert.ok(!answer.body.includes('HTTP/1.1'), answer.body);
  });
});
