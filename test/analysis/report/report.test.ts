/** The report of sessions: its figures agree, its lists are bounded, its text is written in pieces. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import { assembleReport } from '../../../src/analysis/report/assemble.ts';
import { jsonOf } from '../../../src/analysis/report/write.ts';
import type { Report } from '../../../src/contract/report.ts';
import { randomSessions } from '../ledger/random-sessions.ts';
import { buildSessions, type SessionSpec } from '../session-builder.ts';
import { assertFiguresAgree, assertTargetsAddUp } from './figures-agree.ts';

function reportOf(specs: readonly SessionSpec[], options: Partial<LedgerOptions> = {}): Report {
  const ledger = buildLedger({ ...buildSessions(specs), options: { ...DEFAULT_LEDGER_OPTIONS, ...options } });
  const summary = { code: 'no-port-problem', headline: 'None', text: 'None.' };
  const quality = { grade: 'A' as const, reasons: [] };
  const diagnosis = { summary, quality, findings: [] };
  return assembleReport({ ledger, captures: [], origins: [], diagnosis, processes: [] });
}

describe('the report', () => {
  it('has figures that agree, whatever the sessions', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const report = reportOf(specs);
        assertFiguresAgree(report);
        assertTargetsAddUp(report);
      }),
    );
  });

  it('has an occupancy row for the given TIME_WAIT', () => {
    const report = reportOf([{ localPort: 50000, start: 0, closed: 1 }], { timeWaitSeconds: 45 });
    assertFiguresAgree(report, 45);
  });

  it('holds the 10,000 targets and 1,000 clients with the most attempts, ties by address', () => {
    const specs: SessionSpec[] = [];
    for (let at = 0; at < 10_400; at++) {
      const client = `10.1.${(at % 1300) >> 8}.${(at % 1300) & 255}`;
      specs.push({ client, remote: `10.2.${at >> 8}.${at & 255}`, localPort: 50000, start: at });
    }
    specs.push({ client: '10.1.9.9', remote: '10.2.0.1', localPort: 50001, start: 20_000 });
    specs.push({ client: '10.1.9.9', remote: '10.2.0.1', localPort: 50002, start: 20_001 });
    const report = reportOf(specs);
    assertFiguresAgree(report);
    assert.deepEqual([report.clientsTotal, report.targetsTotal], [1301, 10_401]);
    assert.equal(report.targets[0]!.client, '10.1.9.9');
    assert.equal(report.targets[1]!.client, '10.1.0.0');
    assert.equal(report.totals.attempts, specs.length);
    const reason = report.quality.reasons.find(({ code }) => code === 'report-cut')!;
    assert.equal(reason.count, 301 + 401);
    assert.match(reason.message, /301 clients and 401 targets/);
    const leastKept = report.clients.at(-1)!;
    // Eight attempts each: the 1,000 addresses that come first in number, not in spelling.
    assert.equal(leastKept.address, '10.1.3.231');
  });

  it('reports the clients that are named, and totals over all', () => {
    const specs = [
      { client: '10.1.1.10', localPort: 50000, start: 0 },
      { client: '10.1.1.11', localPort: 50000, start: 1 },
      { client: '10.1.1.12', localPort: 50000, start: 2, remotePort: 443 },
    ];
    const report = reportOf(specs, { clients: ['10.1.1.11', '10.1.1.12'] });
    assertFiguresAgree(report);
    assert.deepEqual(
      report.clients.map((client) => client.address),
      ['10.1.1.11', '10.1.1.12'],
    );
    assert.deepEqual(
      report.targets.map((target) => target.client),
      ['10.1.1.11', '10.1.1.12'],
    );
    assert.deepEqual([report.clientsTotal, report.targetsTotal], [2, 2]);
    assert.equal(report.totals.attempts, 3);
  });

  it('is the same text every time, in pieces of a row each', () => {
    const specs = Array.from({ length: 300 }, (_, at) => ({
      remote: `10.2.${at >> 4}.1`,
      localPort: 50000 + at,
      start: at,
    }));
    const report = reportOf(specs);
    const pieces = [...jsonOf(report)];
    assert.deepEqual(JSON.parse(pieces.join('')), report);
    assert.equal(pieces.join(''), [...jsonOf(reportOf(specs))].join(''));
    assert.ok(pieces.every((piece) => piece.length < 4000));
  });
});
