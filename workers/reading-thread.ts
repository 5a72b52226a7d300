/** The thread's side of threaded-reading.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { load } from '../src/load.ts';

const { fillRing } = await load<typeof import('./fill-ring.ts')>(new URL('fill-ring.js', import.meta.url));
parentPort!.postMessage(await fillRing(workerData));
