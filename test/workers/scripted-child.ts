/**
 * A child process for tests of what goes wrong: it speaks the workers' protocol, but the "capture" is a line that says
 * what it is to do. Whatever it does it does for real: memory is filled, processes die.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortledgerError } from '../../src/errors.ts';
import { serveAnalysis } from '../../workers/child.ts';
import type { AnalysisProgress } from '../../workers/progress.ts';
import type { AnalysisOrder } from '../../workers/protocol.ts';

const reading = (bytes: number): AnalysisProgress => ({
  stage: 'reading',
  bytes,
  totalBytes: 100,
  packets: bytes * 10,
});

function spin(seconds: number, each: () => void): void {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) each();
}

/** A message is kept until the event loop turns: an analysis that told of every step would fill its memory with them. */
function everySoOften(tell: () => void): () => void {
  let next = 0;
  return () => {
    if (performance.now() < next) return;
    next = performance.now() + 20;
    tell();
  };
}

serveAnalysis(async (order: AnalysisOrder, onProgress) => {
  const path = order.captures[0]!.path;
  const [deed, argument = ''] = readFileSync(path, 'utf8').trim().split(' ');
  writeFileSync(join(order.out, 'sessions.parquet'), 'PAR1');
  onProgress(reading(10));
  switch (deed) {
    case 'fail':
      throw new PortledgerError('capture-not-recognised', `${order.captures[0]!.name} is no capture`);
    case 'throw':
      throw new TypeError('nobody foresaw this');
    case 'exit':
      process.exit(3);
      break;
    case 'exit-once':
      if (existsSync(argument)) break;
      writeFileSync(argument, '');
      process.exit(3);
      break;
    case 'spin': // as the analysis does: the event loop never turns, progress is told
      spin(
        Number(argument),
        everySoOften(() => onProgress(reading(50))),
      );
      break;
    case 'hang': // and never says anything
      spin(Number(argument), () => undefined);
      break;
    case 'fill-heap': {
      const kept: unknown[] = [];
      for (;;) kept.push({ number: kept.length });
    }
    case 'fill-arrays': {
      const kept: Uint8Array[] = [];
      spin(60, () => kept.push(new Uint8Array(16 * 2 ** 20).fill(1)));
      break;
    }
    case 'stay': // when all is done
      setInterval(() => undefined, 1000);
      break;
    default:
  }
  onProgress({ stage: 'writing', bytes: 100, totalBytes: 100, packets: 1000 });
  writeFileSync(
    join(order.out, 'report.json'),
    JSON.stringify({ deed, names: order.captures.map(({ name }) => name) }),
  );
  return { report: { summary: { code: 'no-port-problem', headline: 'Done', text: `${deed} is done` } } };
});
