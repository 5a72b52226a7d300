import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import type { Ledger } from '../../../src/analysis/ledger/ledger.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import { attributeProcesses } from '../../../src/analysis/processes/attribution.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import type { EvidenceFacts } from '../../../src/contract/evidence.ts';
import { joinEvidence, readEvidence } from '../../../src/evidence/evidence.ts';
import { netstat, type SampleRow } from '../../evidence/samples.ts';
import { BASE_SECONDS, buildSessions, type SessionSpec } from '../session-builder.ts';

const ledgerOf = (specs: SessionSpec[]) => buildLedger({ ...buildSessions(specs), options: DEFAULT_LEDGER_OPTIONS });
const row = (localPort: number, pid: number, state = 'ESTABLISHED', client = '10.1.1.10'): SampleRow =>
  ({
    local: `${client}:${localPort}`,
    remote: '10.2.0.1:3200',
    state,
    pid,
    owner: pid === 0 ? undefined : [` [app${pid}.exe]`],
  }) as SampleRow;

function listed(seconds: number | null, rows: SampleRow[], name = 'netstat.txt') {
  const time = seconds === null ? '' : `${new Date((BASE_SECONDS + seconds) * 1000).toISOString()}\r\n`;
  return readEvidence(name, new TextEncoder().encode(time + netstat('english', rows, true)));
}

function attributed(ledger: Ledger, evidence: EvidenceFacts) {
  const { owners, processes } = attributeProcesses({ ledger, captures: [], named: new NamedProcesses(), evidence });
  return { pid: owners.pid, processes };
}

describe('attributeProcesses', () => {
  it('gives a session the process that a list names for its four-tuple', () => {
    const ledger = ledgerOf([
      { localPort: 50001, start: 0 },
      { localPort: 50002, start: 1 },
      { localPort: 50003, start: 2, closed: 3 },
    ]);
    const { pid, processes } = attributed(
      ledger,
      listed(10, [row(50001, 4711), row(50002, 4711), row(50003, 0, 'TIME_WAIT'), row(135, 892, 'LISTENING')]),
    );
    assert.deepEqual([...pid], [4711, 4711, Number.NaN]);
    assert.deepEqual(processes, [
      {
        pid: 4711,
        name: 'app4711.exe',
        source: 'netstat',
        confidence: 'high',
        attempts: 2,
        openSessions: 2,
        clients: ['10.1.1.10'],
      },
      {
        pid: 892,
        name: 'app892.exe',
        source: 'netstat',
        confidence: 'medium',
        attempts: 0,
        openSessions: 0,
        clients: ['10.1.1.10'],
      },
    ]);
  });

  it('tells the sessions of one four-tuple apart by time', () => {
    const ledger = ledgerOf([
      { localPort: 50001, start: 0, closed: 10 },
      { localPort: 50001, start: 200, closed: 210, reuseOf: 0 },
      { localPort: 50001, start: 400, reuseOf: 1 },
    ]);
    const evidence = joinEvidence([listed(5, [row(50001, 1)]), listed(205, [row(50001, 2)])]);
    assert.deepEqual([...attributed(ledger, evidence).pid], [1, 2, Number.NaN]);
  });

  it('takes a list without a time for the end of the capture, and trusts it less', () => {
    const ledger = ledgerOf([
      { localPort: 50001, start: 0, closed: 10 },
      { localPort: 50001, start: 200, end: 500, reuseOf: 0 },
    ]);
    const { pid, processes } = attributed(ledger, listed(null, [row(50001, 7)]));
    assert.deepEqual([...pid], [Number.NaN, 7]);
    assert.equal(processes[0]!.confidence, 'medium');
  });

  it('leaves sessions that began after the list alone', () => {
    const ledger = ledgerOf([{ localPort: 50001, start: 100 }]);
    assert.deepEqual([...attributed(ledger, listed(10, [row(50001, 7)])).pid], [Number.NaN]);
  });

  it('keeps the same process id of two hosts apart', () => {
    const ledger = ledgerOf([
      { localPort: 50001, start: 0 },
      { localPort: 50001, start: 0, client: '10.1.1.20' },
    ]);
    const evidence = joinEvidence([
      listed(5, [row(50001, 7)], 'a'),
      listed(5, [row(50001, 7, 'ESTABLISHED', '10.1.1.20')], 'b'),
    ]);
    assert.deepEqual(
      attributed(ledger, evidence).processes.map(({ pid, attempts, clients }) => [pid, attempts, clients]),
      [
        [7, 1, ['10.1.1.10']],
        [7, 1, ['10.1.1.20']],
      ],
    );
  });

  it('takes a loopback address for no sign of one host', () => {
    const specs = ['10.1.1.10', '10.1.1.20', '127.0.0.1'].map((client) => ({ localPort: 50001, start: 0, client }));
    const lists = ['10.1.1.10', '10.1.1.20'].map((client) =>
      listed(5, [row(50001, 7, 'ESTABLISHED', client), row(50009, 7, 'ESTABLISHED', '127.0.0.1')], client),
    );
    assert.deepEqual(
      attributed(ledgerOf(specs), joinEvidence(lists)).processes.map(({ pid, clients }) => [pid, clients]),
      [
        [7, ['10.1.1.10', '127.0.0.1']],
        [7, ['10.1.1.20', '127.0.0.1']],
      ],
    );
  });

  it('takes a list that shows no client for the only host', () => {
    const evidence = joinEvidence([
      listed(5, [row(50001, 7)], 'a'),
      listed(6, [row(135, 7, 'LISTENING', '0.0.0.0')], 'b'),
    ]);
    const { processes } = attributed(ledgerOf([{ localPort: 50001, start: 0 }]), evidence);
    assert.deepEqual(
      processes.map(({ pid, clients }) => [pid, clients]),
      [[7, ['10.1.1.10']]],
    );
  });

  it('counts midstream sessions as open, not as attempts', () => {
    const ledger = ledgerOf([{ localPort: 50001, start: 0, midstream: true }]);
    const [process] = attributed(ledger, listed(5, [row(50001, 7, 'CLOSE_WAIT')])).processes;
    assert.deepEqual([process!.attempts, process!.openSessions], [0, 1]);
  });

  it('is nothing without evidence', () => {
    const { pid, processes } = attributed(ledgerOf([{ localPort: 50001, start: 0 }]), joinEvidence([]));
    assert.deepEqual([[...pid], processes], [[Number.NaN], []]);
  });
});
