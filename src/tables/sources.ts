/** The ledger's columns as the four tables; nothing is copied that can be handed on as it is. */
import type { Ledger } from '../analysis/ledger/ledger.ts';
import { portColumns } from '../analysis/ledger/ports.ts';
import { gapSeconds, reuseColumns, reusesByTime } from '../analysis/ledger/reuses.ts';
import { windowGrid } from '../analysis/ledger/window-grid.ts';
import { windowRows } from '../analysis/ledger/windows.ts';
import { timeOrder } from '../analysis/session/order.ts';
import {
  ANSWERS,
  CLIENT_KNOWN,
  CLOSERS,
  clientOf,
  closerOf,
  MIDSTREAM,
  outcomeOf,
  remoteOf,
  STATES,
  stateOf,
} from '../analysis/session/sessions.ts';
import { TABLES, type TableName } from '../contract/tables.ts';
import type { Batch, NumberColumn, TableSource } from './write.ts';

/** Rows of which columns are made at a time, where they have to be made. */
const BATCH_ROWS = 65_536;

/** What the tables are made of. */
export interface TableInput {
  readonly ledger: Ledger;
  /** Process id of each session row, NaN where it is not known. */
  readonly pid: Float64Array;
}

export function ledgerSources({ ledger, pid }: TableInput): Record<TableName, TableSource> {
  const { addresses } = ledger;
  const known = Array.from({ length: addresses.count }, (_, id) => addresses.text(id));
  const texts = { client: known, remoteAddress: known };
  return {
    sessions: { texts, batches: sessionBatches(ledger, pid) },
    ports: { texts, batches: inBatches(ledger.ports.count, (from, to) => portBatch(ledger, from, to)) },
    reuses: { texts, batches: reuseBatches(ledger) },
    windows: { texts, batches: windowBatches(ledger) },
  };
}

function* inBatches(rows: number, columns: (from: number, to: number) => Batch['columns']): Generator<Batch> {
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const to = Math.min(from + BATCH_ROWS, rows);
    yield { rows: to - from, columns: columns(from, to) };
  }
}

const STATE_CODES = codesOf('sessions', 'state', STATES);
const CLOSER_CODES = codesOf('sessions', 'closedBy', CLOSERS);
const PREVIOUS_STATE_CODES = codesOf('reuses', 'previousState', STATES);
const PREVIOUS_CLOSER_CODES = codesOf('reuses', 'closedBy', CLOSERS);
const ANSWER_CODES = codesOf('reuses', 'answer', ANSWERS);
const OUTCOMES = [null, 'established', 'refused', 'half-open', 'unanswered'] as const;
const OUTCOME_CODES = codesOf('sessions', 'outcome', OUTCOMES);

/** What the writer wants for each of the engine's codes: see `Batch`. */
function codesOf(table: TableName, name: string, words: readonly (string | null)[]): Uint8Array {
  const column = TABLES[table].find((each) => each.name === name)!;
  const values: readonly (string | null)[] = column.nullable ? [null, ...column.values!] : column.values!;
  return Uint8Array.from(words, (word) => values.indexOf(word));
}

/** In the order of their starts. */
function sessionBatches(ledger: Ledger, pid: Float64Array): Iterable<Batch> {
  const byStart = timeOrder(ledger.sessions.start, ledger.sessions.count);
  return inBatches(byStart.length, (from, to) => sessionColumns(ledger, pid, byStart.subarray(from, to)));
}

function sessionColumns({ sessions }: Ledger, pid: Float64Array, rows: Uint32Array): Batch['columns'] {
  const facts = of(sessions.facts, rows);
  return {
    client: rows.map((row) => clientOf(sessions, row)),
    ...portNumbers(of(sessions.ports, rows)),
    remoteAddress: rows.map((row) => remoteOf(sessions, row)),
    start: of(sessions.start, rows),
    end: of(sessions.end, rows),
    state: facts.map((bits) => STATE_CODES[stateOf(bits)]!),
    outcome: facts.map((bits) => OUTCOME_CODES[OUTCOMES.indexOf(outcomeOf(bits))]!),
    closedBy: facts.map((bits) => CLOSER_CODES[closerOf(bits)]!),
    isn: of(sessions.isn, rows),
    synPackets: of(sessions.synPackets, rows),
    packets: of(sessions.packets, rows),
    bytes: of(sessions.bytes, rows),
    firstFrame: of(sessions.firstFrame, rows),
    lastFrame: of(sessions.lastFrame, rows),
    capture: of(sessions.capture, rows),
    lastCapture: of(sessions.lastCapture, rows),
    pid: of(pid, rows),
    gapSeconds: Float64Array.from(rows, (row) => gapSeconds(sessions, row)),
    midstream: facts.map((bits) => Number((bits & MIDSTREAM) !== 0)),
    clientKnown: facts.map((bits) => Number((bits & CLIENT_KNOWN) !== 0)),
  };
}

/** The values of these rows. */
function of<T extends NumberColumn>(column: T, rows: Uint32Array): T {
  const values = column.slice(0, rows.length) as T;
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at]!]!;
  return values;
}

function portNumbers(ports: Uint32Array): Batch['columns'] {
  return {
    localPort: ports.map((pair) => pair >>> 16),
    remotePort: ports.map((pair) => pair & 0xffff),
  };
}

function portBatch(ledger: Ledger, from: number, to: number): Batch['columns'] {
  const { target, ...columns } = portColumns(ledger, from, to);
  return { ...targetColumns(ledger, target), ...columns };
}

function targetColumns({ targets, clients }: Ledger, target: Uint32Array): Batch['columns'] {
  return {
    client: target.map((row) => clients.address[targets.client[row]!]!),
    remoteAddress: target.map((row) => targets.remote[row]!),
    remotePort: target.map((row) => targets.remotePort[row]!),
  };
}

/** By the times of their SYNs. */
function reuseBatches(ledger: Ledger): Iterable<Batch> {
  const byTime = reusesByTime(ledger);
  return inBatches(byTime.length, (from, to) => reuseBatch(ledger, byTime.subarray(from, to)));
}

function reuseBatch(ledger: Ledger, rows: Uint32Array): Batch['columns'] {
  const { sessions } = ledger;
  const reuses = reuseColumns(ledger, rows);
  return {
    client: reuses.session.map((row) => clientOf(sessions, row)),
    remoteAddress: reuses.session.map((row) => remoteOf(sessions, row)),
    ...portNumbers(of(sessions.ports, reuses.session)),
    time: of(sessions.start, reuses.session),
    gapSeconds: reuses.gapSeconds,
    previousState: reuses.previousState.map((code) => PREVIOUS_STATE_CODES[code]!),
    closedBy: reuses.closedBy.map((code) => PREVIOUS_CLOSER_CODES[code]!),
    answer: reuses.answer.map((code) => ANSWER_CODES[code]!),
    frame: of(sessions.firstFrame, reuses.session),
    previousFrame: of(sessions.firstFrame, reuses.previous),
    capture: of(sessions.capture, reuses.session),
    previousCapture: of(sessions.capture, reuses.previous),
  };
}

function* windowBatches(ledger: Ledger): Generator<Batch> {
  const { seconds } = windowGrid(ledger);
  for (const { count, target, ...columns } of windowRows(ledger)) {
    const length = new Uint32Array(count).fill(seconds);
    yield { rows: count, columns: { ...targetColumns(ledger, target), seconds: length, ...columns } };
  }
}
