import type { Report } from '../../contract/report.ts';

/**
 * The report as JSON text in pieces, so that ten thousand targets never stand in one string: one line a field, and one
 * a row of the large lists.
 */
export function* jsonOf(report: Report): Generator<string> {
  let separator = '{\n';
  for (const [name, value] of Object.entries(report)) {
    yield `${separator}${JSON.stringify(name)}: `;
    if (Array.isArray(value)) yield* jsonRows(value);
    else yield JSON.stringify(value);
    separator = ',\n';
  }
  yield '\n}\n';
}

function* jsonRows(rows: readonly unknown[]): Generator<string> {
  if (rows.length === 0) {
    yield '[]';
    return;
  }
  let separator = '[\n';
  for (const row of rows) {
    yield `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
  }
  yield '\n]';
}
