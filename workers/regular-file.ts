import { type Stats, statSync } from 'node:fs';

/**
 * Looks before anything is opened: to open a pipe that nobody writes to waits for ever, and a device has no end.
 * Throws an Error that says why for what is no file.
 */
export function regularFile(path: string): Stats {
  const stats = statSync(path);
  if (stats.isFile()) return stats;
  throw new Error(
    stats.isDirectory() ? 'a folder, not a file' : 'a pipe or a device, not a file: save it as one first',
  );
}
