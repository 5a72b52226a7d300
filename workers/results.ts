/** Writes what an analysis came to into a folder: report and tables, for programs and for people. */
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Conclusion } from '../src/analysis/analyse.ts';
import { jsonOf } from '../src/analysis/report/write.ts';
import { renderHtml } from '../src/render/html.ts';
import { writeTables } from '../src/tables/write-tables.ts';

export async function writeResults(folder: string, conclusion: Conclusion): Promise<void> {
  // At once: made on another thread, it could come back after a signal has taken it away.
  mkdirSync(folder, { recursive: true });
  await writePieces(join(folder, 'report.json'), jsonOf(conclusion.report));
  await writeFile(join(folder, 'report.html'), renderHtml(conclusion.report));
  await writeTables(folder, conclusion);
}

async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
}
