import type { Ledger } from './ledger.ts';
import { TargetWindows } from './target-windows.ts';
import { MAX_WINDOWS, type WindowColumns } from './window-grid.ts';

const CHUNK_ROWS = 65536;

/** All rows of the table, in pieces whose columns may be kept. */
export function* windowRows(ledger: Ledger): Generator<WindowColumns> {
  const windows = new TargetWindows(ledger);
  let rows = emptyRows(CHUNK_ROWS + MAX_WINDOWS);
  for (let target = 0; target < ledger.targets.count; target++) {
    windows.write(target, rows);
    if (rows.count < CHUNK_ROWS) continue;
    yield trimmed(rows);
    rows = emptyRows(CHUNK_ROWS + MAX_WINDOWS);
  }
  if (rows.count > 0) yield trimmed(rows);
}

function emptyRows(capacity: number): WindowColumns {
  return {
    count: 0,
    target: new Uint32Array(capacity),
    start: new Float64Array(capacity),
    attempts: new Uint32Array(capacity),
    distinctLocalPorts: new Uint32Array(capacity),
    cumulativeLocalPorts: new Uint32Array(capacity),
    openSessions: new Uint32Array(capacity),
    timeWait: new Uint32Array(capacity),
    failed: new Uint32Array(capacity),
  };
}

function trimmed(rows: WindowColumns): WindowColumns {
  const { count } = rows;
  return {
    count,
    target: rows.target.subarray(0, count),
    start: rows.start.subarray(0, count),
    attempts: rows.attempts.subarray(0, count),
    distinctLocalPorts: rows.distinctLocalPorts.subarray(0, count),
    cumulativeLocalPorts: rows.cumulativeLocalPorts.subarray(0, count),
    openSessions: rows.openSessions.subarray(0, count),
    timeWait: rows.timeWait.subarray(0, count),
    failed: rows.failed.subarray(0, count),
  };
}
