/** The thread's side of digests.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { sha256ByPath } from './digest.ts';

parentPort!.postMessage(sha256ByPath(workerData));
