import { PortledgerError } from '../src/errors.ts';
import { FilledRing } from './block-ring.ts';
import { readCaptures } from './reading.ts';
import type { ThreadAnswer, ThreadOrder } from './threaded-reading.ts';

/** Reads the captures into the ring, whose end always comes. Throws what is a mistake of ours. */
export async function fillRing({ places, ring: buffer }: ThreadOrder): Promise<ThreadAnswer> {
  const ring = new FilledRing(buffer);
  const pass = ring.pass.bind(ring);
  try {
    return { outcome: await readCaptures(places, ring.first, pass, (read) => ring.tell(read)) };
  } catch (error) {
    if (!(error instanceof PortledgerError)) throw error;
    return { code: error.code, message: error.message, offset: error.offset };
  } finally {
    ring.end();
  }
}
