import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK = 2 ** 20;

/** The sha256 of each file, in hexadecimal digits. */
export function sha256ByPath(paths: readonly string[]): Map<string, string> {
  return new Map(paths.map((path) => [path, sha256Of(path)]));
}

function sha256Of(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  const descriptor = openSync(path, 'r');
  for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
    hash.update(length === CHUNK ? buffer : buffer.subarray(0, length));
  }
  closeSync(descriptor);
  return hash.digest('hex');
}
