import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Value } from 'typebox/value';
import { BOUNDS, diagnose } from '../../../src/analysis/findings/judge.ts';
import { FINDING_CODES, Finding as FindingSchema } from '../../../src/contract/report.ts';
import type { SessionSpec } from '../session-builder.ts';
import { caseOf } from './scene-builder.ts';

/** Five refused attempts and a healthy one, of each of so many clients, the first with the most. */
function refusedClients(count: number): SessionSpec[] {
  return Array.from({ length: count }, (_, of) => {
    const client = `10.1.${of >> 8}.${of & 255}`;
    const refused = Array.from({ length: of === 0 ? 50 : 5 }, (_, i) => ({
      client,
      localPort: 50_000 + i,
      start: 10 + i,
      end: 10 + i,
      state: 'refused' as const,
    }));
    return [...refused, { client, localPort: 51_000, start: 1, closed: 2 }];
  }).flat();
}

describe('the list of findings', () => {
  it('has every code for a client, with what was looked for and not found', () => {
    const { findings } = diagnose(caseOf({ sessions: [{ localPort: 50_000, start: 1, closed: 2 }] }));
    const codes = new Set(findings.map(({ code }) => code));
    assert.deepEqual(
      FINDING_CODES.filter((code) => !codes.has(code)),
      [],
    );
    assert.ok(findings.every(({ verdict }) => verdict !== 'supported'));
    for (const finding of findings) assert.ok(Value.Check(FindingSchema, finding), JSON.stringify(finding));
  });

  it('keeps the gravest and largest of the supported, and says less of small clients', () => {
    const { findings, quality } = diagnose(caseOf({ sessions: refusedClients(1100) }));
    const supported = findings.filter(({ verdict }) => verdict === 'supported');
    assert.equal(supported.length, BOUNDS.maxSupported);
    assert.equal(quality.reasons.find(({ code }) => code === 'report-cut')?.count, 100);
    assert.deepEqual(findings.slice(0, BOUNDS.maxSupported), supported);
    assert.equal(supported[0]!.evidence.numbers.failed, 50);
    const absent = new Set(
      findings.filter(({ verdict, client }) => verdict !== 'supported' && client !== null).map(({ client }) => client),
    );
    assert.equal(absent.size, BOUNDS.maxClientsWithAbsences);
  });

  it('tells what is ruled out of the clients that the report lists first: ties by address', () => {
    const hosts = Array.from({ length: 150 }, (_, at) => `10.1.0.${(at * 7) % 150}`);
    const sessions = hosts.map((client, at) => ({ client, localPort: 50_000, start: at, closed: at + 1 }));
    const { findings } = diagnose(caseOf({ sessions }));
    const told = new Set(findings.flatMap(({ client }) => client ?? []));
    assert.deepEqual(told, new Set(Array.from({ length: 100 }, (_, at) => `10.1.0.${at}`)));
  });

  it('is of the clients that were asked for alone', () => {
    const sessions = refusedClients(3);
    const { findings, summary } = diagnose(caseOf({ sessions, options: { clients: ['10.1.0.2'] } }));
    assert.deepEqual([...new Set(findings.map(({ client }) => client))].sort(), ['10.1.0.2', null]);
    assert.equal(summary.code, 'refused-attempts');
    const none = diagnose(caseOf({ sessions, options: { clients: ['10.9.9.9'] } }));
    assert.equal(none.summary.code, 'capture-cannot-answer');
    assert.match(none.summary.text, /None of the clients that were named/);
  });

  it('holds for captures without sessions and without times', () => {
    assert.equal(diagnose(caseOf({ sessions: [] })).summary.code, 'capture-cannot-answer');
    const timeless = { localPort: 50_000, start: Number.NaN, end: Number.NaN };
    const { quality, summary } = diagnose(
      caseOf({ sessions: [timeless, { ...timeless, localPort: 50_001 }], end: Number.NaN }),
    );
    assert.deepEqual([quality.grade, summary.code], ['C', 'capture-cannot-answer']);
  });

  it('is never surer than the grade', () => {
    for (const capture of [{ complete: false }, { dropped: 500 }]) {
      const { quality, findings } = diagnose(caseOf({ sessions: refusedClients(2), capture }));
      const above = quality.grade === 'B' ? ['high'] : ['high', 'medium'];
      assert.deepEqual(
        findings.filter(({ confidence }) => above.includes(confidence)),
        [],
      );
    }
  });
});
