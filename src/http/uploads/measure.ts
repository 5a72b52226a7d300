/** A sink that keeps nothing: it finds out whether a repeated request carries the same files as the first one. */
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { PortledgerError } from '../../errors.ts';
import type { IncomingCapture } from '../../store/store.ts';
import type { Sink } from './receive.ts';

export function measuringSink(maxBytes: number): Sink {
  return { create: async () => measured(maxBytes), delete: async () => false, expect: async () => undefined };
}

function measured(maxBytes: number): IncomingCapture {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > maxBytes ? new PortledgerError('body-too-large', `More than ${maxBytes} bytes came`) : null);
    },
  });
  return {
    id: '',
    stream,
    commit: async () => ({ id: '', bytes, sha256: hash.digest('hex') }),
    abort: async () => void stream.destroy(),
  };
}
