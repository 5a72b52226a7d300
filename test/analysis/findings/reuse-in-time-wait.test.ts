import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assessQuality } from '../../../src/analysis/findings/quality.ts';
import type { SessionSpec } from '../session-builder.ts';
import { caseOf, judge, theFinding } from './scene-builder.ts';

/** `count` ports used once from 0 to 10 s, and again `gap` seconds after the close. */
function reuses(
  count: number,
  gap: number,
  second: Partial<SessionSpec>,
  first: Partial<SessionSpec> = {},
): SessionSpec[] {
  const earlier = Array.from({ length: count }, (_, i) => ({
    localPort: 50_000 + i,
    start: i * 0.01,
    closed: 1 + i * 0.01,
    ...first,
  }));
  const later = earlier.map(({ localPort, closed }, i) => ({
    localPort,
    start: closed + gap,
    ...(second.state ? {} : { closed: closed + gap + 1 }),
    reuseOf: i,
    ...second,
  }));
  return [...earlier, ...later];
}

function verdictOf(sessions: SessionSpec[]): string {
  const { verdict, severity } = theFinding({ sessions }, 'reuse-in-time-wait');
  return `${verdict} ${severity}`;
}

const OTHERS = Array.from({ length: 60 }, (_, i) => ({ localPort: 60_000 + i, start: 2 + i, closed: 2.5 + i }));

describe('reuse-in-time-wait', () => {
  it('sees a client that bypasses its own TIME_WAIT, below 30 s', () => {
    const found = theFinding({ sessions: reuses(3, 29.9, {}) }, 'reuse-in-time-wait');
    assert.deepEqual([found.verdict, found.severity, found.confidence], ['supported', 'warning', 'high']);
    assert.deepEqual(found.evidence.localPorts, [50_000, 50_001, 50_002]);
    assert.deepEqual(
      found.evidence.frames.map(({ frame }) => frame),
      [31, 41, 51],
    );
    assert.match(found.displayFilter!, /tcp\.srcport in \{50000\.\.50002\}$/);
    assert.equal(verdictOf(reuses(3, 30, {})), 'excluded info');
  });

  it('says one reuse as one', () => {
    const one = (gap: number, more: Partial<SessionSpec> = {}) =>
      theFinding({ sessions: reuses(1, gap, {}, more) }, 'reuse-in-time-wait');
    assert.match(one(3).title, / used a local port again towards .* \(once\)$/);
    assert.match(one(100, { closedBy: 'remote' }).title, / used a port again within .* \(once\)$/);
    assert.match(
      one(200).explanation,
      /^1 reuse, 200 s after the close: it fell into no TIME_WAIT, and was not challenged\./,
    );
    const two = theFinding({ sessions: reuses(2, 200, {}) }, 'reuse-in-time-wait');
    assert.match(
      two.explanation,
      /^2 reuses, the shortest 200 s after the close: none fell into a TIME_WAIT, none was/,
    );
  });

  it('takes an attempt with the ISN of the session before for the same one, seen from another place', () => {
    const joined = (closedBy: 'client' | 'remote') =>
      reuses(5, 20, {}, { closedBy }).map((one) => ({ ...one, isn: one.localPort * 1000 }));
    for (const closedBy of ['client', 'remote'] as const) {
      const sessions = joined(closedBy);
      assert.equal(theFinding({ sessions }, 'reuse-in-time-wait').verdict, 'excluded');
      assert.equal(caseOf({ sessions }).ledger.timeWait(0).minGapSeconds, Number.NaN);
      const { reasons } = assessQuality(caseOf({ sessions }));
      assert.equal(reasons.find(({ code }) => code === 'isn-repeated')?.count, 5);
    }
  });

  it('has bypasses decide', () => {
    assert.equal(judge({ sessions: reuses(3, 1, {}) }, 'reuse-in-time-wait').summary.code, 'reuse-in-time-wait');
  });

  it('compares gaps with a tolerance of a millisecond', () => {
    assert.equal(verdictOf(reuses(1, 29.9995, {})), 'excluded info');
    assert.equal(verdictOf(reuses(1, 119.9995, {}, { closedBy: 'remote' })), 'excluded info');
  });

  it('takes the TIME_WAIT of the remote for what it is: harmless while it accepts', () => {
    const sessions = reuses(4, 100, {}, { closedBy: 'remote' });
    const { findings, summary } = judge({ sessions }, 'reuse-in-time-wait');
    assert.deepEqual(
      findings.map(({ verdict, severity }) => [verdict, severity]),
      [['supported', 'info']],
    );
    assert.equal(summary.code, 'no-port-problem');
    assert.equal(verdictOf(reuses(4, 120, {}, { closedBy: 'remote' })), 'excluded info');
  });

  it('sees a challenge over a closed and over an open session', () => {
    assert.equal(verdictOf(reuses(1, 200, { answer: 'challenged' })), 'supported warning');
    const open = reuses(
      3,
      5,
      { answer: 'challenged', previousState: 'open' },
      { state: 'reset', closedBy: null, replaced: true },
    );
    const found = theFinding({ sessions: open }, 'reuse-in-time-wait');
    assert.deepEqual([found.verdict, found.severity, found.evidence.numbers.challenged], ['supported', 'critical', 3]);
    assert.equal(judge({ sessions: open }, 'reuse-in-time-wait').summary.code, 'reuse-in-time-wait');
  });

  it('knows no TIME_WAIT after a RST', () => {
    assert.equal(verdictOf(reuses(5, 0.5, {}, { state: 'reset', closedBy: 'rst-client' })), 'excluded info');
  });

  it('tells dropped reuses from a remote that is down', () => {
    const silent = { answer: 'silent', state: 'syn-sent' } as const;
    const dropped = [...reuses(4, 60, silent, { closedBy: 'remote' }), ...OTHERS];
    const found = theFinding({ sessions: dropped }, 'reuse-in-time-wait');
    assert.match(found.title, /stayed without an answer/);
    assert.deepEqual([found.severity, found.evidence.numbers.silent], ['critical', 4]);
    const down = OTHERS.map((one) => ({ ...one, closed: undefined, state: 'syn-sent' as const, end: one.start }));
    const both = reuses(4, 60, silent, { closedBy: 'remote' }).concat(down as unknown as SessionSpec[]);
    assert.doesNotMatch(theFinding({ sessions: both }, 'reuse-in-time-wait').title, /without an answer/);
  });

  it('takes silent reuses for dropped where chance would do it once in a hundred times', () => {
    const silent = { answer: 'silent', state: 'syn-sent' } as const;
    const verdict = (failed: number) => {
      const others = OTHERS.map((one, i): SessionSpec => {
        if (i >= failed) return one;
        return { localPort: one.localPort, start: one.start, end: one.start, state: 'syn-sent' };
      });
      return verdictOf([...reuses(3, 60, silent, { closedBy: 'remote' }), ...others]);
    };
    assert.deepEqual([verdict(11), verdict(15)], ['supported critical', 'supported info']);
  });

  it('takes nothing for dropped after a RST, nor in a capture with losses', () => {
    const silent = { answer: 'silent', state: 'syn-sent' } as const;
    const afterReset = reuses(4, 60, silent, { state: 'reset', closedBy: 'rst-client' });
    assert.equal(verdictOf([...afterReset, ...OTHERS]), 'excluded info');
    const capture = { dropped: 500 };
    const dropped = [...reuses(4, 60, silent), ...OTHERS];
    assert.equal(theFinding({ sessions: dropped }, 'reuse-in-time-wait').verdict, 'supported');
    assert.equal(theFinding({ sessions: dropped, capture }, 'reuse-in-time-wait').verdict, 'inconclusive');
    assert.equal(theFinding({ sessions: OTHERS, capture }, 'reuse-in-time-wait').verdict, 'inconclusive');
  });

  it('is no bypass beyond a TIME_WAIT that is given as shorter', () => {
    const options = { timeWaitSeconds: 10 };
    assert.equal(theFinding({ sessions: reuses(3, 15, {}), options }, 'reuse-in-time-wait').verdict, 'excluded');
    assert.equal(theFinding({ sessions: reuses(3, 9, {}), options }, 'reuse-in-time-wait').verdict, 'supported');
  });

  it('waits for an answer until the attempt is over', () => {
    const silent = { answer: 'silent', state: 'syn-sent' } as const;
    const sessions = [...reuses(4, 60, silent, { closedBy: 'remote' }), ...OTHERS];
    assert.match(theFinding({ sessions, end: 83 }, 'reuse-in-time-wait').title, /without an answer/);
    assert.doesNotMatch(theFinding({ sessions, end: 81 }, 'reuse-in-time-wait').title, /without an answer/);
  });

  it('sees refusals of reused ports', () => {
    const refused = { answer: 'refused', state: 'refused' } as const;
    const sessions = [...reuses(3, 60, refused, { closedBy: 'remote' }), ...OTHERS];
    assert.match(theFinding({ sessions }, 'reuse-in-time-wait').title, /were refused/);
  });

  it('leaves open what came over an open session without an objection', () => {
    const over = reuses(3, 5, { previousState: 'open' }, { state: 'reset', closedBy: null, replaced: true });
    assert.equal(verdictOf(over), 'inconclusive info');
  });

  it('rules it out where no port was used twice', () => {
    assert.equal(verdictOf(OTHERS), 'excluded info');
  });

  it('tells the remotes apart', () => {
    const near = reuses(3, 1, {});
    const far = reuses(3, 200, { remote: '10.9.9.9' }, { remote: '10.9.9.9' }).map((one) =>
      one.reuseOf === undefined ? one : { ...one, reuseOf: one.reuseOf + near.length },
    );
    assert.deepEqual(
      judge({ sessions: [...near, ...far] }, 'reuse-in-time-wait').findings.map(({ remote }) => remote),
      ['10.2.0.1:3200'],
    );
  });
});
