import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { eventually, head, openRaw } from './raw.ts';
import { formBody, MAX_CAPTURE_BYTES, nothingChanged, type Service, startService } from './service.ts';

const BYTES = Buffer.alloc(150_000, 'capture ');

let service: Service;
before(async () => {
  service = await startService({ bodyIdleSeconds: 1 });
});
after(() => service.close());

const CHUNKED = 'Transfer-Encoding: chunked';
const PCAP = 'Content-Type: application/vnd.tcpdump.pcap';
const FORM = 'Content-Type: multipart/form-data; boundary=cut';
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const form = formBody('cut', [
  ['name="labels"', '{"a":"b"}'],
  ['name="file"; filename="a.pcap"', BYTES],
]);

/** Ways to send the same capture, without its last `missing` bytes. */
const WAYS: Record<string, (missing: number) => (string | Buffer)[]> = {
  'a body of known length': (missing) => [
    head('/v1/jobs', PCAP, `Content-Length: ${BYTES.length}`),
    BYTES.subarray(0, BYTES.length - missing),
  ],
  'a body in chunks': (missing) => [head('/v1/jobs', PCAP, CHUNKED), chunk(BYTES.subarray(0, BYTES.length - missing))],
  'a form of known length': (missing) => [
    head('/v1/jobs', FORM, `Content-Length: ${form.length}`),
    form.subarray(0, form.length - missing),
  ],
  'a form in chunks': (missing) => [head('/v1/jobs', FORM, CHUNKED), chunk(form.subarray(0, form.length - missing))],
};

describe('an upload that breaks off', () => {
  for (const [way, pieces] of Object.entries(WAYS)) {
    it(`leaves nothing: ${way}`, async () => {
      for (const missing of [1, 75_000, 149_000, 150_000]) {
        await nothingChanged(service, async () => {
          const client = await openRaw(service.port);
          for (const piece of pieces(missing)) await client.send(piece);
          if (missing < 149_000)
            await eventually(() => service.storedFiles().some((name) => /part/.test(name)), 'a part');
          client.abort();
          await client.closed();
        });
      }
    });
  }

  for (const [way, pieces] of Object.entries(WAYS)) {
    it(`is told to a client that still listens: ${way}`, async () => {
      await nothingChanged(service, async () => {
        const client = await openRaw(service.port);
        for (const piece of pieces(75_000)) await client.send(piece);
        client.socket.end();
        const answer = await client.closed();
        assert.deepEqual([answer?.status, JSON.parse(answer!.body).code], [400, 'body-incomplete']);
      });
    });
  }

  it('is a 400 when the form ends before its last boundary', async () => {
    for (const missing of [3, '--cut--\r\n'.length + 2, 5000, form.length - 20]) {
      await nothingChanged(service, async () => {
        const response = await request(service.url)
          .post('/v1/jobs')
          .set('content-type', 'multipart/form-data; boundary=cut')
          .send(form.subarray(0, form.length - missing));
        assert.deepEqual(
          [response.status, response.body.code],
          [400, 'body-incomplete'],
          `${missing} ${response.text}`,
        );
      });
    }
  });

  it('is a 400 when a part of the form has no name', async () => {
    await nothingChanged(service, async () => {
      const body = formBody('cut', [['filename="a.pcap"', BYTES]]);
      const response = await request(service.url).post('/v1/jobs').type('multipart/form-data; boundary=cut').send(body);
      assert.deepEqual([response.status, response.body.code], [400, 'request-invalid'], response.text);
      assert.match(response.body.detail, /has no name/);
    });
  });

  it('is a 400 when a form is none', async () => {
    await nothingChanged(service, async () => {
      for (const [type, body] of [
        ['multipart/form-data', form],
        ['multipart/form-data; boundary=other', form],
        ['multipart/form-data; boundary=cut', Buffer.from('text')],
      ] as const) {
        const response = await request(service.url).post('/v1/jobs').set('content-type', type).send(body);
        assert.equal(response.status, 400, `${type} ${response.text}`);
        assert.match(response.body.code, /^body-(malformed|incomplete)$|^request-invalid$/);
      }
    });
  });
});

describe('the size limit', () => {
  it('lets an upload of exactly that size in, and its bytes are all there', async () => {
    const bytes = Buffer.alloc(MAX_CAPTURE_BYTES, 'x');
    for (const fields of [
      [PCAP, `Content-Length: ${bytes.length}`],
      [PCAP, CHUNKED],
    ]) {
      const client = await openRaw(service.port);
      await client.send(head('/v1/captures', ...fields, 'Connection: close'));
      await client.send(fields.includes(CHUNKED) ? Buffer.concat([chunk(bytes), Buffer.from('0\r\n\r\n')]) : bytes);
      const answer = await client.closed();
      assert.equal(answer?.status, 201);
      const { id, sha256, ...rest } = JSON.parse(answer!.body);
      assert.equal(rest.bytes, bytes.length);
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      assert.equal((await service.parts.captures.stat(id))!.bytes, bytes.length);
    }
  });

  it('refuses one byte more at once when the length is announced', async () => {
    await nothingChanged(service, async () => {
      const client = await openRaw(service.port);
      await client.send(head('/v1/captures', PCAP, `Content-Length: ${MAX_CAPTURE_BYTES + 1}`));
      const answer = await client.closed();
      assert.equal(answer?.status, 413);
      assert.equal(JSON.parse(answer!.body).code, 'body-too-large');
      assert.match(JSON.parse(answer!.body).detail, new RegExp(`${MAX_CAPTURE_BYTES + 1}.*${MAX_CAPTURE_BYTES}`));
    });
  });

  it('refuses it in the middle of a body in chunks and of a form, whose rest it does not read', async () => {
    const bytes = Buffer.alloc(MAX_CAPTURE_BYTES + 1, 'x');
    const large = formBody('cut', [['name="file"; filename="a.pcap"', bytes]]);
    for (const [type, body] of [
      [PCAP, bytes],
      [FORM, large],
    ] as const) {
      await nothingChanged(service, async () => {
        const client = await openRaw(service.port);
        await client.send(head('/v1/captures', type, CHUNKED));
        await client.send(chunk(body));
        const answer = await client.closed();
        assert.equal(answer?.status, 413);
        assert.equal(answer?.headers.connection, 'close');
      });
    }
  });
});

describe('a digest', () => {
  const digestOf = (body: string | Buffer) => `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

  it('is checked of a whole form and of JSON, too', async () => {
    for (const [type, body, status] of [
      ['multipart/form-data; boundary=cut', form, 202],
      ['application/json', '{"captures":["x"]}', 404],
    ] as const) {
      const send = (digest: string) =>
        request(service.url).post('/v1/jobs').set({ 'content-type': type, 'content-digest': digest }).send(body);
      assert.equal((await send(digestOf(body))).status, status);
      await nothingChanged(service, async () => {
        const wrong = await send(digestOf('another body'));
        assert.deepEqual([wrong.status, wrong.body.code], [400, 'digest-mismatch']);
      });
    }
  });
});

describe('a body that stands still', () => {
  it('is answered with 408 and cut off, and nothing of it stays', async () => {
    await nothingChanged(service, async () => {
      const standstill = async ([way, pieces]: [string, (missing: number) => (string | Buffer)[]]) => {
        const client = await openRaw(service.port);
        for (const piece of pieces(75_000)) await client.send(piece);
        const answer = await client.closed();
        assert.equal(answer?.status, 408, way);
        assert.equal(JSON.parse(answer!.body).code, 'body-too-slow', way);
      };
      await Promise.all(Object.entries(WAYS).map(standstill));
    });
  });

  it('is cut off, too, when it drips', async () => {
    await nothingChanged(service, async () => {
      const client = await openRaw(service.port);
      await client.send(head('/v1/captures', PCAP, 'Content-Length: 100000'));
      const drip = setInterval(() => client.socket.write('x'), 50);
      const answer = await client.closed();
      clearInterval(drip);
      assert.equal(answer?.status, 408);
    });
  });

  it('is cut off, too, where the answer did not need it', async () => {
    const client = await openRaw(service.port);
    await client.send('GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n');
    assert.equal((await client.closed())?.status, 200);
  });

  it('is cut off when it is JSON', async () => {
    const client = await openRaw(service.port);
    await client.send(head('/v1/jobs', 'Content-Type: application/json', 'Content-Length: 100'));
    await client.send('{"captures":');
    assert.equal((await client.closed())?.status, 408);
  });
});
