/**
 * `npm run bench -- [--dir DIR] [--small] [--runs N] [--write]`: `analyze --json` beside the yardstick's C program, which
 * does one pass with one hash table, on captures that the yardstick makes (4.3 GB, or 0.35 GB with --small). YARDSTICK is
 * its folder. The two take turns, so a machine whose speed drifts changes both. Exits 1 above a limit.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from '../../src/contract/report.ts';
import { median, timeAnalyze, timeFlows, weighAnalyze } from './measure.ts';

const MAX_RATIO = 2;
const MAX_BYTES_PER_SESSION = 200;
/** The limits are for these; the others are for information. */
const LIMITED = ['snap96', 'full'];
const CAPTURES = [...LIMITED, 'v6', 'flood'];

interface Measured {
  name: string;
  packets: number;
  sessions: number;
  flows: number[];
  analyze: number[];
  ratio: number;
  peakBytes: number;
  bytesPerSession: number;
}

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    small: { type: 'boolean' },
    runs: { type: 'string' },
    write: { type: 'boolean' },
  },
});

function main(yardstick: string): void {
  const folder = values.dir === undefined ? mkdtempSync(join(tmpdir(), 'portledger-bench-')) : resolve(values.dir);
  try {
    makeCaptures(yardstick, folder);
    const measured = CAPTURES.filter((name) => existsSync(join(folder, `${name}.pcap`))).map((name) =>
      measure(folder, name),
    );
    const table = tableOf(measured);
    process.stdout.write(table);
    if (values.write) writeFileSync('docs/performance.md', document(table));
    process.exitCode = measured.some(isAboveLimit) ? 1 : 0;
  } finally {
    if (values.dir === undefined) rmSync(folder, { recursive: true });
  }
}

function makeCaptures(yardstick: string, folder: string): void {
  if (existsSync(join(folder, 'flows')) && existsSync(join(folder, 'flood.pcap'))) return;
  const args = [join(yardstick, 'make-captures'), folder, ...(values.small ? ['--small'] : [])];
  const { status } = spawnSync('bash', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`make-captures ended with ${status}: it needs a C compiler`);
}

function measure(folder: string, name: string): Measured {
  const capture = join(folder, `${name}.pcap`);
  const flows = join(folder, 'flows');
  const { peakBytes, output } = weighAnalyze(capture); // warms the page cache, too
  const start = weighAnalyze(emptyCapture(folder)).peakBytes;
  const times: { flows: number[]; analyze: number[] } = { flows: [], analyze: [] };
  for (let run = 0; run < Number(values.runs ?? 5); run++) {
    times.flows.push(timeFlows(flows, capture));
    times.analyze.push(timeAnalyze(capture));
  }
  const ratio = median(times.analyze) / median(times.flows);
  const { packets, sessions } = (JSON.parse(output) as Report).totals;
  return { name, packets, sessions, ...times, ratio, peakBytes, bytesPerSession: (peakBytes - start) / sessions };
}

/** A pcap of no packets: what every analysis takes. */
function emptyCapture(folder: string): string {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const path = join(folder, 'empty.pcap');
  writeFileSync(path, header);
  return path;
}

function isAboveLimit({ name, ratio, bytesPerSession }: Measured): boolean {
  return LIMITED.includes(name) && (ratio > MAX_RATIO || bytesPerSession > MAX_BYTES_PER_SESSION);
}

const spread = (seconds: readonly number[]) =>
  `${Math.min(...seconds).toFixed(2)} / ${median(seconds).toFixed(2)} / ${Math.max(...seconds).toFixed(2)}`;

function tableOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, packets, sessions, flows, analyze, ratio, peakBytes, bytesPerSession }) => [
    name,
    packets.toLocaleString('en'),
    sessions.toLocaleString('en'),
    spread(flows),
    spread(analyze),
    ratio.toFixed(2),
    `${(peakBytes / 1e6).toFixed(0)} MB`,
    bytesPerSession.toFixed(0),
  ]);
  const head = ['capture', 'packets', 'sessions', 'flows s', 'analyze s', 'ratio', 'peak', 'octets a session'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function document(table: string): string {
  return `# Performance

\`npm run bench -- --write\` measures and writes this page: \`analyze --json\` beside a C program that makes one pass over the
file with one hash table and counts (the yardstick), as whole processes that take turns, page cache warm; times are
minimum / median / maximum, the ratio is that of the medians. The peak of the resident memory is that of a run of its own;
octets a session are what it is above the peak for a capture of no packets. Goals: ${MAX_RATIO} times and ${MAX_BYTES_PER_SESSION} octets a session on snap96 and full.

Measured on ${cpus().length} processors (${cpus()[0]?.model.trim()}), Node ${process.version}.

${table}`;
}

if (process.env.YARDSTICK) main(process.env.YARDSTICK);
else
  process.stdout.write(
    'YARDSTICK is not set: it names the folder with make-captures and its C sources. Nothing was measured.\n',
  );
