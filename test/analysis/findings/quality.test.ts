import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assessQuality } from '../../../src/analysis/findings/quality.ts';
import { type CaseSpec, caseOf, theFinding } from './scene-builder.ts';

const SESSIONS = Array.from({ length: 100 }, (_, i) => ({ localPort: 50_000 + i, start: i, closed: i + 1 }));

function gradeOf(spec: Partial<CaseSpec>): string {
  const { grade, reasons } = assessQuality(caseOf({ sessions: SESSIONS, ...spec }));
  return [grade, ...reasons.map(({ code, count }) => `${code} ${count}`)].join(', ');
}

describe('the grade of a capture', () => {
  it('is A for a whole capture of both directions that is longer than TIME_WAIT', () => {
    assert.equal(gradeOf({}), 'A');
    assert.equal(gradeOf({ end: 120 }), 'A');
  });

  it('falls with the share of packets lost', () => {
    assert.equal(gradeOf({ capture: { dropped: 10 } }), 'B, packets-dropped 10');
    assert.equal(gradeOf({ capture: { dropped: 11 } }), 'C, packets-dropped 11');
    assert.equal(gradeOf({ capture: { dropped: null } }), 'A');
  });

  it('falls with the share of packets that FINs show to be missed, from five on', () => {
    const missing = (count: number) => SESSIONS.map((session, index) => ({ ...session, finUnseen: index < count }));
    assert.equal(gradeOf({ sessions: missing(5) }), 'C, packets-missed 5');
    assert.equal(gradeOf({ sessions: missing(4) }), 'A');
  });

  it('falls with the share of sessions that lack a direction', () => {
    for (const [missing, grade] of [
      [1, 'A'],
      [2, 'B'],
      [20, 'B'],
      [21, 'C'],
    ] as const) {
      const sessions = SESSIONS.map((session, index) => ({ ...session, directionMissing: index < missing }));
      assert.equal(assessQuality(caseOf({ sessions })).grade, grade, `${missing} of 100`);
    }
  });

  it('falls for files cut, flags only, a short span and a hole', () => {
    assert.equal(gradeOf({ capture: { complete: false } }), 'B, capture-cut 1');
    assert.equal(gradeOf({ flagsOnly: true }), 'B, flags-only 1');
    assert.equal(gradeOf({ end: 119.9 }), 'B, short-span 1');
    assert.equal(gradeOf({ silences: [[200, 261]] }), 'B, capture-hole 1');
    assert.equal(gradeOf({ silences: [[200, 260]] }), 'A');
    const rests = [100, 200, 300, 400].map((from) => [from, from + 70] as const);
    assert.equal(gradeOf({ silences: rests.slice(1) }), 'B, capture-hole 3');
    assert.equal(gradeOf({ silences: rests }), 'A', 'four of a length are a rhythm');
    const input = caseOf({ sessions: SESSIONS, silences: [[200, 290]] });
    const slow = (medianPauseSeconds: number) =>
      assessQuality({ ...input, activity: { ...input.activity, medianPauseSeconds } }).grade;
    assert.deepEqual([slow(0.9), slow(0.89)], ['A', 'B'], 'a hole is longer than a hundred pauses');
  });

  it('is C for SYNs alone, unless they are sent again as without an answer', () => {
    const attempts = (synPackets: number) =>
      SESSIONS.map(({ localPort, start }) => ({ localPort, start, state: 'syn-sent' as const, synPackets }));
    const syns = { packets: 100, synPackets: 100, tcpSegments: 100 };
    assert.equal(gradeOf({ sessions: attempts(1), capture: syns }), 'C, syn-only 1');
    assert.equal(gradeOf({ sessions: attempts(3), capture: syns }), 'A');
    assert.equal(gradeOf({ sessions: attempts(1).slice(0, 19), capture: syns }), 'A');
    assert.equal(gradeOf({ sessions: attempts(1).slice(0, 20), capture: syns }), 'C, syn-only 1');
    const repeated = (count: number) => [...attempts(2).slice(0, count), ...attempts(1).slice(count)];
    assert.equal(gradeOf({ sessions: repeated(49), capture: syns }), 'C, syn-only 1');
    assert.equal(gradeOf({ sessions: repeated(50), capture: syns }), 'A');
    assert.equal(gradeOf({ sessions: attempts(1), capture: { ...syns, packets: 101 } }), 'A');
  });

  it('is C where there is nothing to judge', () => {
    assert.equal(gradeOf({ sessions: [], capture: { tcpSegments: 0 } }), 'C, no-tcp 1');
  });

  it('does not fall for what limits no conclusion', () => {
    assert.equal(
      gradeOf({ duplicates: 7, capture: { oddities: { 'time-backwards': 3 } } }),
      'A, duplicates-collapsed 7, time-backwards 3',
    );
    const pool = { portRange: null };
    const odd = [{ localPort: 20_000, start: 1, closed: 2, midstream: true }];
    assert.equal(gradeOf({ sessions: odd, options: pool }), 'A, midstream-sessions 1, pool-unknown 1');
    assert.equal(gradeOf({ options: { portRange: { first: 60_000, last: 60_010 } } }), 'A, port-range-unfit 1');
  });

  it('names the line of evidence that could not be read', () => {
    const unreadable = [{ file: 'netstat.txt', line: 12, reason: 'a row without a port' }];
    const { grade, reasons } = assessQuality(caseOf({ sessions: SESSIONS, evidence: { unreadable } }));
    assert.equal(grade, 'A');
    assert.deepEqual(reasons, [
      {
        code: 'evidence-unreadable',
        count: 1,
        message: 'netstat.txt, line 12: a row without a port.',
        file: 'netstat.txt',
        line: 12,
        reason: 'a row without a port',
      },
    ]);
  });

  it('counts every line that could not be read', () => {
    const unreadable = [12, 13].map((line) => ({ file: 'netstat.txt', line, reason: 'a row without a port' }));
    const { evidence } = theFinding({ sessions: SESSIONS, evidence: { unreadable } }, 'capture-quality');
    assert.equal(evidence.numbers['evidence-unreadable'], 2);
  });
});

describe('capture-quality', () => {
  it('leaves open what the missing packets would have shown where some are missing, and else what is outside', () => {
    const limitsOf = (spec: Partial<CaseSpec>) =>
      theFinding({ sessions: SESSIONS, ...spec }, 'capture-quality').cannotConclude;
    const missing = 'What the missing packets would have shown.';
    const outside = 'What came before and after the capture: it is shorter than one TIME_WAIT.';
    assert.deepEqual(limitsOf({}), []);
    assert.deepEqual(limitsOf({ end: 119.9 }), [outside]);
    assert.deepEqual(limitsOf({ capture: { dropped: 10 } }), [missing]);
    assert.deepEqual(limitsOf({ capture: { complete: false }, end: 119.9 }), [missing, outside]);
    for (const spec of [
      { flagsOnly: true },
      { silences: [[200, 261]] },
      { sessions: [], capture: { tcpSegments: 0 } },
    ]) {
      assert.deepEqual(limitsOf(spec as Partial<CaseSpec>), [missing]);
    }
  });

  it('is in the list once: excluded at grade A, supported below', () => {
    assert.equal(theFinding({ sessions: SESSIONS }, 'capture-quality').verdict, 'excluded');
    const cut = theFinding({ sessions: SESSIONS, capture: { complete: false } }, 'capture-quality');
    assert.deepEqual([cut.verdict, cut.severity, cut.client], ['supported', 'info', null]);
    const lossy = theFinding({ sessions: SESSIONS, capture: { dropped: 500 } }, 'capture-quality');
    assert.deepEqual([lossy.verdict, lossy.severity, lossy.confidence], ['supported', 'warning', 'low']);
  });
});
