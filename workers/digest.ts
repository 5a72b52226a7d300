/** The sha256 of a file, computed on a thread of its own while the analysis reads the same file. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

const CHUNK = 2 ** 20;

export function digestOf(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { digestOf: path } });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function digest(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  const descriptor = openSync(path, 'r');
  for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
    hash.update(length === CHUNK ? buffer : buffer.subarray(0, length));
  }
  closeSync(descriptor);
  return hash.digest('hex');
}

if (!isMainThread && typeof workerData?.digestOf === 'string') parentPort!.postMessage(digest(workerData.digestOf));
