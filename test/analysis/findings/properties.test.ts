/** What holds for every diagnosis, whatever the sessions and the evidence. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { diagnose } from '../../../src/analysis/findings/judge.ts';
import { FINDING_CODES, Finding, Quality, Summary } from '../../../src/contract/report.ts';
import { manySessions, randomSessions } from '../ledger/random-sessions.ts';
import { type CaseSpec, caseOf, event, snapshot, socketRow } from './scene-builder.ts';

const EVIDENCE_MAY_DO = ['refused-locally', 'loopback-blind-spot', 'missing-from-netstat', 'bound-ports-leaked'];

const events = fc.array(
  fc.record({
    seconds: fc.integer({ min: -50, max: 700 }),
    numbers: fc.subarray([4227, 4231, 4266, 10048, 10055] as const),
    endpoints: fc.subarray([
      { address: '127.0.0.1', port: 8510 },
      { address: '10.2.0.1', port: 443 },
    ]),
  }),
  { maxLength: 5 },
);
const rows = fc.array(
  fc.record({
    localPort: fc.integer({ min: 49_990, max: 50_012 }),
    localAddress: fc.constantFrom('10.1.1.10', '127.0.0.1', '0.0.0.0'),
    state: fc.constantFrom('ESTABLISHED' as const, 'BOUND' as const, 'CLOSE_WAIT' as const),
  }),
  { maxLength: 12 },
);
const snapshots = fc.array(fc.record({ seconds: fc.option(fc.integer({ min: 0, max: 500 })), rows }), { maxLength: 3 });

const specs = (sessions: fc.Arbitrary<CaseSpec['sessions']>): fc.Arbitrary<CaseSpec> =>
  fc.record({
    sessions,
    end: fc.integer({ min: 300, max: 600 }),
    flagsOnly: fc.boolean(),
    remoteSilent: fc.boolean(),
    capture: fc.record({ dropped: fc.constantFrom(null, 0, 5, 900), complete: fc.boolean() }),
    silences: fc.constantFrom([], [[100, 180] as const]),
    dead: fc.constantFrom([], [[250, 600] as const]),
    options: fc.record({
      timeWaitSeconds: fc.constantFrom(1, 30, 120, 240),
      portRange: fc.constantFrom(null, { first: 50_000, last: 50_007 }, { first: 49_152, last: 65_535 }),
    }),
    evidence: fc.record({ events, snapshots }).map((parts) => ({
      events: parts.events.map(({ seconds, ...rest }) => event(seconds, { ...rest, numbers: [...rest.numbers] })),
      snapshots: parts.snapshots.map((one) =>
        snapshot(
          one.seconds,
          one.rows.map((row) => socketRow(row)),
        ),
      ),
    })),
  });

function holds(spec: CaseSpec): void {
  const { quality, summary, findings } = diagnose(caseOf(spec));
  assert.ok(Value.Check(Quality, quality) && Value.Check(Summary, summary));
  const supported = findings.filter(({ verdict }) => verdict === 'supported');
  for (const finding of findings) {
    assert.ok(Value.Check(Finding, finding), `${finding.code}: ${Value.Errors(Finding, finding)[0]?.message}`);
    assert.ok(!/NaN|undefined|null|Infinity/.test(`${finding.title} ${finding.explanation}`), finding.explanation);
  }
  for (const { code, evidence, displayFilter, nextSteps } of supported) {
    assert.ok(nextSteps.length > 0, code);
    if (code === 'capture-quality' || EVIDENCE_MAY_DO.includes(code)) continue;
    assert.ok(evidence.frames.length > 0 && displayFilter !== null, `${code} has no frame`);
  }
  const decisive = supported.some(({ code, severity }) => code === summary.code && severity !== 'info');
  assert.ok(decisive || ['no-port-problem', 'capture-cannot-answer'].includes(summary.code), summary.code);
  if (quality.grade === 'C') assert.ok(findings.every(({ confidence }) => confidence === 'low'));
  const codes = new Set(findings.map(({ code }) => code));
  if (findings.some(({ client }) => client !== null)) assert.equal(codes.size, FINDING_CODES.length);
}

describe('every diagnosis', () => {
  it('fits the contract, has frames for what it supports, and decides by what it lists', () => {
    fc.assert(fc.property(specs(randomSessions), holds), { numRuns: 150 });
  });

  it('does so for busy clients, too', () => {
    fc.assert(fc.property(specs(manySessions), holds), { numRuns: 12 });
  });

  it('is the same when it is made again', () => {
    fc.assert(
      fc.property(specs(randomSessions), (spec) => {
        assert.deepEqual(diagnose(caseOf(spec)), diagnose(caseOf(spec)));
      }),
      { numRuns: 30 },
    );
  });
});
