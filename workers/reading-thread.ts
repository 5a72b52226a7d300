/** The thread's side of threaded-reading.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { PortledgerError } from '../src/errors.ts';
import { load } from '../src/load.ts';
import { FilledRing } from './block-ring.ts';
import type { ThreadAnswer, ThreadOrder } from './threaded-reading.ts';

async function serve({ places, ring: buffer }: ThreadOrder): Promise<ThreadAnswer> {
  const ring = new FilledRing(buffer);
  const pass = ring.pass.bind(ring);
  try {
    const { readCaptures } = await load<typeof import('./reading.ts')>(new URL('reading.js', import.meta.url));
    return { outcome: await readCaptures(places, ring.first, pass, (read) => ring.tell(read)) };
  } catch (error) {
    if (!(error instanceof PortledgerError)) throw error;
    return { code: error.code, message: error.message, offset: error.offset };
  } finally {
    ring.end();
  }
}

parentPort!.postMessage(await serve(workerData));
