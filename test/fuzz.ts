/**
 * A long run of the fuzzer: node dist/test/fuzz.js --cases 100000 --seed 1
 * `--only N` repeats one case. Exits 1 at the first case that does not hold.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz/cases.ts';

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const cases = Number(values.cases ?? 100_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);

process.stdout.write(`seed ${seed}, ${cases} cases\n`);
const started = performance.now();
const result = fuzz({
  cases,
  seed,
  ...(values.only === undefined ? {} : { only: Number(values.only) }),
  onProgress: (done) => done % 10_000 === 0 && process.stdout.write(`${done}\n`),
});
process.stdout.write(`${JSON.stringify(result, null, 1)}\n${((performance.now() - started) / 1000).toFixed(1)} s\n`);
