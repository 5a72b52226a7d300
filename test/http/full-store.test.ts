import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { PortledgerError } from '../../src/errors.ts';
import type { CaptureStore } from '../../src/store/store.ts';
import { head, openRaw } from './raw.ts';
import { nothingChanged, type Service, startService } from './service.ts';

const BYTES = Buffer.alloc(150_000, 'capture ');

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

describe('a store that cannot take the upload', () => {
  /** Fails after so many bytes as a full disk does: the store's own tests fill a real one. */
  function fullAfter(bytes: number, store: CaptureStore): Pick<CaptureStore, 'create'> {
    return {
      create: async (announced) => {
        const incoming = await store.create(announced);
        let left = bytes;
        const stream = new Writable({
          write(piece: Buffer, _encoding, done) {
            left -= piece.length;
            done(left < 0 ? new PortledgerError('storage-full', 'the disk is full') : null);
          },
        });
        return { ...incoming, id: incoming.id, stream, abort: () => incoming.abort(), commit: () => incoming.commit() };
      },
    };
  }

  it('is a 507, the process lives, and the next upload is taken', async (t) => {
    const { captures } = service.parts;
    const original = captures.create.bind(captures);
    const broken = fullAfter(100_000, { create: original } as CaptureStore);
    t.mock.method(captures, 'create', broken.create);
    await nothingChanged(service, async () => {
      for (const call of [
        request(service.url).post('/v1/jobs').type('application/octet-stream').send(BYTES),
        request(service.url).post('/v1/jobs').attach('file', Buffer.from('a'), 'a').attach('file', BYTES, 'b'),
      ]) {
        const response = await call;
        assert.deepEqual([response.status, response.body.code], [507, 'storage-full']);
      }
    });
    t.mock.restoreAll();
    await request(service.url).post('/v1/jobs').type('application/octet-stream').send(BYTES).expect(202);
  });

  it('says so before the body is read, and in the readiness', async (t) => {
    t.mock.method(service.parts.captures, 'create', async () => {
      throw new PortledgerError('storage-full', 'there is no room');
    });
    t.mock.method(service.parts.captures, 'roomBytes', async () => 0);
    const client = await openRaw(service.port);
    await client.send(head('/v1/captures', 'Content-Type: application/octet-stream', 'Content-Length: 100'));
    assert.equal((await client.closed())?.status, 507);
    const ready = await request(service.url).get('/readyz').expect(503);
    assert.deepEqual(ready.body.components, { database: 'ok', queue: 'ok', storage: 'unavailable' });
    await request(service.url).get('/healthz').expect(200);
  });
});
