import type { Case } from './cases.ts';
import type { Score } from './score.ts';

export interface Row {
  the: Case;
  scores: Score[];
}

/** Of the runs in which the stated power says that the fault can be seen, the share in which it must be found. */
const MIN_DETECTED = 0.95;

/** The document with the results, and what does not hold. */
export function laboratoryTable(rows: readonly Row[], seeds: number): { text: string; failures: string[] } {
  const healthy = rows.filter(({ the }) => !the.expects);
  const faults = rows.filter(({ the }) => the.expects);
  const text = [
    '# Laboratory',
    '',
    'Simulated hosts whose truth is known by construction, played through the whole analysis. A seeded simulator',
    '(`test/lab`) draws the ports, holds them through TIME_WAIT, loses them, opens and closes sessions, and shows a',
    `capture point what passes it. Every case is played with ${seeds} seeds; \`npm run lab\` plays them again and writes this page.`,
    '',
    'Thresholds are kept by it: no false alarm in any run, at least 95 % found of what the finding says it could',
    'have seen, and what lies below that is left open, never ruled out.',
    '',
    '## Healthy hosts and limited captures',
    '',
    'Remarks are reuses within the TIME_WAIT of a remote that let them through: true, harmless, and never decisive.',
    '',
    ...aligned(
      ['case', 'what is in it', 'runs', 'false alarms', 'remarks of severity info'],
      healthy.map(healthyCells),
    ),
    '',
    '## Faults',
    '',
    '`below power`: the finding itself says that this capture is too thin for such a fault, and leaves it open.',
    '',
    ...aligned(
      ['case', 'what is in it', 'must be found', 'runs', 'found', 'below power', 'missed', 'ruled out', 'false alarms'],
      faults.map(faultCells),
    ),
    '',
  ].join('\n');
  return { text, failures: rows.flatMap(failuresOf) };
}

/** A table as the formatter of the repository leaves it: padded, figures to the right. */
function aligned(head: string[], rows: (string | number)[][]): string[] {
  const figures = head.map((_, column) => rows.every((row) => typeof row[column] === 'number'));
  const lines = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => line[column]!.length)));
  const pad = (cell: string, at: number) => (figures[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!));
  const rule = widths.map((width, at) => (figures[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [first, ...rest] = lines.map((line) => line.map(pad));
  return [first!, rule, ...rest].map((cells) => `| ${cells.join(' | ')} |`);
}

function healthyCells({ the, scores }: Row): (string | number)[] {
  const remarks = count(scores, (score) => score.remarks.length > 0);
  return [the.name, the.what, scores.length, alarms(scores), remarks];
}

function faultCells({ the, scores }: Row): (string | number)[] {
  const found = count(scores, (score) => score.found);
  const below = count(scores, (score) => score.belowPower);
  const wrong = count(scores, (score) => score.wrongVerdicts.length > 0);
  const wanted = the.expects!.map(({ code, remote }) => `\`${code}\`${remote === null ? '' : ` to ${remote}`}`);
  const missed = scores.length - found - below;
  return [the.name, the.what, wanted.join(', '), scores.length, found, below, missed, wrong, alarms(scores)];
}

function failuresOf({ the, scores }: Row): string[] {
  const failures: string[] = [];
  if (alarms(scores) > 0) failures.push(`${the.name}: ${alarms(scores)} runs with false alarms`);
  const wrong = count(scores, (score) => score.wrongVerdicts.length > 0);
  if (wrong > 0) failures.push(`${the.name}: ${wrong} runs with a wrong verdict`);
  const visible = count(scores, (score) => !score.belowPower);
  const found = count(scores, (score) => score.found);
  if (the.expects && found < MIN_DETECTED * visible) failures.push(`${the.name}: found in ${found} of ${visible} runs`);
  return failures;
}

function alarms(scores: readonly Score[]): number {
  return count(scores, (score) => score.falseAlarms.length > 0);
}

function count(scores: readonly Score[], holds: (score: Score) => boolean): number {
  return scores.filter(holds).length;
}
