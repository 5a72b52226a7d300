/**
 * Plays every case of the laboratory and writes the table of results: `node dist/test/lab/run.js [SEEDS] [PART_OF_NAME]`.
 * With a part of a name it prints those cases only and writes nothing. Exits 1 where a rule fails.
 */
import { writeFileSync } from 'node:fs';
import { ALL } from './all.ts';
import type { Case } from './cases.ts';
import { play, type Score } from './score.ts';
import { laboratoryTable, type Row } from './table.ts';

const seeds = Number(process.argv[2] ?? 20);
const part = process.argv[3] ?? '';

function playCase(the: Case): Row {
  const started = performance.now();
  const scores: Score[] = [];
  for (let seed = 1; seed <= seeds; seed++) scores.push(play(the, seed));
  const row = { the, scores };
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const found = scores.filter((score) => score.found).length;
  process.stdout.write(`${the.name}: ${the.expects ? `${found} of ${seeds} found` : 'healthy'} (${seconds} s)\n`);
  for (const score of scores) {
    for (const fault of [...score.falseAlarms, ...score.wrongVerdicts])
      process.stdout.write(`  seed ${score.seed}: ${fault}\n`);
    if (the.expects && !score.found && !score.belowPower)
      process.stdout.write(`  seed ${score.seed}: missed (${score.summary})\n`);
  }
  return row;
}

const rows = ALL.filter(({ name }) => name.includes(part)).map(playCase);
const { text, failures } = laboratoryTable(rows, seeds);
if (part === '') writeFileSync('docs/laboratory.md', text);
process.stdout.write(failures.length === 0 ? 'every case holds\n' : `${failures.join('\n')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
