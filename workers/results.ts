/** Writes what an analysis came to into a folder: report and tables, for programs and for people. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Ledger } from '../src/analysis/ledger/ledger.ts';
import { jsonOf } from '../src/analysis/report/write.ts';
import type { Report } from '../src/contract/report.ts';
import { writeTables } from '../src/tables/write-tables.ts';

export async function writeResults(folder: string, ledger: Ledger, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writePieces(join(folder, 'report.json'), jsonOf(report));
  await writeTables(folder, ledger);
}

async function writePieces(path: string, pieces: Iterable<string>): Promise<void> {
  const stream = createWriteStream(path);
  for (const piece of pieces) if (!stream.write(piece)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
}
