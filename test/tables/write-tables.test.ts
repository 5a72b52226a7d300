import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildLedger } from '../../src/analysis/ledger/build-ledger.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../src/analysis/ledger/options.ts';
import { TABLES, type TableName, type TableRow } from '../../src/contract/tables.ts';
import { writeSources } from '../../src/tables/write.ts';
import { writeTables } from '../../src/tables/write-tables.ts';
import { BASE_SECONDS, buildSessions, type SessionSpec, specIndex } from '../analysis/session-builder.ts';
import { type Bench, openBench, randomFrom, randomRow, sourceOf } from './samples.ts';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.close());

const SPECS: SessionSpec[] = [
  { localPort: 50_001, start: 0, closed: 10.5, synPackets: 2 },
  { localPort: 50_001, start: 70.123456, closed: 75, reuseOf: 0, answer: 'challenged' },
  { localPort: 50_002, start: 3, state: 'refused', end: 3.1 },
  { localPort: 50_003, start: 4, state: 'half-closed-by-remote', closed: 9, end: 30 },
  { localPort: 50_004, start: 200, midstream: true, closed: 201, closedBy: 'rst-remote', state: 'reset' },
  { localPort: 7, start: 5, clientUnknown: true, midstream: true },
  {
    localPort: 50_003,
    start: 90,
    reuseOf: 3,
    previousState: 'half-closed-by-remote',
    state: 'syn-sent',
    answer: 'silent',
  },
];

const time = (seconds: number) =>
  `${new Date((BASE_SECONDS + Math.floor(seconds)) * 1000).toISOString().slice(0, 19)}.${(seconds % 1).toFixed(6).slice(2)}Z`;

async function tablesOf(specs: SessionSpec[], digits = 6): Promise<Record<TableName, TableRow[]>> {
  const built = buildSessions(specs);
  built.timeline.digits = digits;
  const folder = join(bench.folder, `job-${digits}-${specs.length}`);
  const pid = Float64Array.from(specs, (_, row) => (specIndex(built.sessions, row) === 1 ? 4711 : Number.NaN));
  await writeTables(folder, { ledger: buildLedger({ ...built, options: DEFAULT_LEDGER_OPTIONS }), pid });
  const rows = async (table: TableName) =>
    (await bench.page(join(folder, `${table}.parquet`), table, 'limit=10000')).rows;
  return {
    sessions: await rows('sessions'),
    ports: await rows('ports'),
    reuses: await rows('reuses'),
    windows: await rows('windows'),
  };
}

describe('the tables of a ledger', () => {
  let tables: Record<TableName, TableRow[]>;
  before(async () => {
    tables = await tablesOf(SPECS);
  });

  it('hold every column of the contract and no other', () => {
    for (const [name, rows] of Object.entries(tables)) {
      assert.ok(rows.length > 0, name);
      for (const row of rows) {
        assert.deepEqual(
          Object.keys(row),
          TABLES[name as TableName].map((column) => column.name),
        );
      }
    }
  });

  it('tell each session, by start', () => {
    assert.equal(tables.sessions.length, SPECS.length);
    assert.deepEqual(tables.sessions[4], {
      client: '10.1.1.10',
      localPort: 50_001,
      remoteAddress: '10.2.0.1',
      remotePort: 3200,
      start: time(70.123456),
      end: time(75),
      state: 'closed',
      outcome: 'established',
      closedBy: 'client',
      isn: 1000,
      synPackets: 1,
      packets: 8,
      bytes: 700,
      firstFrame: 11,
      lastFrame: 18,
      capture: 0,
      lastCapture: 0,
      pid: 4711,
      gapSeconds: 59.623456,
      midstream: false,
      clientKnown: true,
    });
    assert.deepEqual(
      tables.sessions.map((row) => [
        row.state,
        row.outcome,
        row.closedBy,
        row.gapSeconds,
        row.midstream,
        row.clientKnown,
      ]),
      [
        ['closed', 'established', 'client', null, false, true],
        ['refused', 'refused', null, null, false, true],
        ['half-closed-by-remote', 'established', null, null, false, true],
        ['open', null, null, null, true, false],
        ['closed', 'established', 'client', 59.623456, false, true],
        ['syn-sent', 'unanswered', null, null, false, true],
        ['reset', null, 'rst-remote', null, true, true],
      ],
    );
  });

  it('leave the process empty where it is not known', () => {
    assert.deepEqual(tables.sessions.map((row) => row.pid).slice(3, 6), [null, 4711, null]);
  });

  it('count by local port', () => {
    const { firstUsed, lastUsed, ...first } = tables.ports[0]!;
    assert.deepEqual(first, {
      client: '10.1.1.10',
      remoteAddress: '10.2.0.1',
      remotePort: 3200,
      localPort: 50_001,
      synPackets: 3,
      attempts: 2,
      sessions: 2,
      minGapSeconds: 59.623456,
      lost: false,
    });
    assert.deepEqual([firstUsed, lastUsed], [time(0), time(70.123456)]);
    assert.deepEqual(
      tables.ports.map((row) => [row.localPort, row.attempts, row.sessions]),
      [
        [50_001, 2, 2],
        [50_002, 1, 1],
        [50_003, 2, 2],
        [50_004, 0, 1],
      ],
    );
  });

  it('tell each reuse', () => {
    assert.deepEqual(tables.reuses, [
      {
        client: '10.1.1.10',
        localPort: 50_001,
        remoteAddress: '10.2.0.1',
        remotePort: 3200,
        time: time(70.123456),
        gapSeconds: 59.623456,
        previousState: 'closed',
        closedBy: 'client',
        answer: 'challenged',
        frame: 11,
        previousFrame: 1,
        capture: 0,
        previousCapture: 0,
      },
      {
        client: '10.1.1.10',
        localPort: 50_003,
        remoteAddress: '10.2.0.1',
        remotePort: 3200,
        time: time(90),
        gapSeconds: null,
        previousState: 'half-closed-by-remote',
        closedBy: null,
        answer: 'silent',
        frame: 61,
        previousFrame: 31,
        capture: 0,
        previousCapture: 0,
      },
    ]);
  });

  it('count by window', () => {
    const [first] = tables.windows;
    assert.equal(first?.seconds, 60);
    assert.equal(Date.parse(first?.start as string) % 60_000, 0);
    assert.equal(
      tables.windows.reduce((sum, row) => sum + (row.attempts as number), 0),
      SPECS.filter((spec) => !spec.midstream).length,
    );
  });

  it('have nine digits where the capture has them', async () => {
    const { sessions } = await tablesOf([{ localPort: 1, start: 1.000000001 }], 9);
    assert.match(sessions[0]!.start as string, /\.000000001Z$/);
  });

  it('have no times from April 2262 on, where nanoseconds in 64 bits end', async () => {
    const last = 9_223_372_035.5 - BASE_SECONDS;
    const { sessions, ports, windows } = await tablesOf([
      { localPort: 1, start: last },
      { localPort: 2, start: last + 1 },
    ]);
    assert.deepEqual(
      sessions.map((row) => row.start),
      ['2262-04-11T23:47:15.500000Z', null],
    );
    assert.deepEqual(
      ports.map((row) => row.firstUsed),
      ['2262-04-11T23:47:15.500000Z', null],
    );
    assert.ok(windows.length > 0 && windows.every((row) => row.start !== null));
  });

  it('are four empty files of a capture without sessions', async () => {
    const empty = await tablesOf([]);
    assert.deepEqual(empty, { sessions: [], ports: [], reuses: [], windows: [] });
  });
});

describe('a run that fails', () => {
  it('leaves no new file, no draft, and what was there before as it was', async () => {
    const folder = join(bench.folder, 'failing');
    await mkdir(folder);
    await writeFile(join(folder, 'ports.parquet'), 'before');
    const ports = sourceOf('ports', [randomRow('ports', randomFrom(1))]);
    function* broken() {
      yield* sourceOf('reuses', [randomRow('reuses', randomFrom(1))]).batches;
      throw new Error('broken off');
    }
    const sources = { ports, reuses: { texts: { client: ['10.0.0.1'], remoteAddress: ['::1'] }, batches: broken() } };
    await assert.rejects(writeSources(folder, sources, { baseSeconds: 0, digits: 6 }), /broken off/);
    assert.deepEqual(await readdir(folder), ['ports.parquet']);
    assert.equal(await readFile(join(folder, 'ports.parquet'), 'utf8'), 'before');
  });
});
