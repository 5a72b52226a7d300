/**
 * Prints which files of PUBLIC_CAPTURES are not read, or not whole, as the table in docs/formats.md:
 * `node dist/test/public-table.js`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureReader } from '../src/analysis/capture/capture-reader.ts';
import type { CaptureSummary } from '../src/analysis/capture/summary.ts';
import { Addresses } from '../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../src/analysis/segment/named-processes.ts';
import { Timeline } from '../src/analysis/segment/timeline.ts';

function summaryOf(path: string): CaptureSummary {
  const reader = new CaptureReader(0, new Timeline(), new Addresses(), { accept: () => {} }, new NamedProcesses());
  reader.feed(readFileSync(path));
  reader.end();
  return reader.summary;
}

/** What is said of the file; null where nothing is left out. */
function complaintOf({ error, interfaces }: CaptureSummary): string | null {
  if (error !== null) return `\`${error.code}\`: ${error.message}`;
  const passedOver = interfaces.filter(({ supported }) => !supported);
  if (passedOver.length === 0) return null;
  const types = new Set(passedOver.map(({ linkType, linkTypeNumber }) => `${linkTypeNumber} (${linkType})`));
  return `frames of these link types are counted and passed over: ${[...types].join(', ')}`;
}

function main(folder: string): void {
  const { captures } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    captures: { name: string }[];
  };
  process.stdout.write('| file | format | packets | what is said |\n| --- | --- | ---: | --- |\n');
  for (const { name } of captures) {
    const summary = summaryOf(join(folder, name));
    const complaint = complaintOf(summary);
    if (complaint === null) continue;
    process.stdout.write(`| ${name} | ${summary.format} | ${summary.packets} | ${complaint} |\n`);
  }
}

if (process.env.PUBLIC_CAPTURES) main(process.env.PUBLIC_CAPTURES);
else process.stdout.write('PUBLIC_CAPTURES is not set: it names the folder of the captures.\n');
