import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { judge, REMOTE, theFinding } from './scene-builder.ts';

function healthy(count: number, every: number): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 50_000 + i,
    start: i * every,
    closed: i * every + 0.1,
  }));
}

function failing(count: number, state: 'refused' | 'syn-sent', from = 10, every = 1): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 60_000 + i,
    start: from + i * every,
    end: from + i * every,
    state,
    synPackets: 3,
  }));
}

describe('refused-attempts', () => {
  it('needs five in five minutes', () => {
    const found = theFinding({ sessions: failing(5, 'refused') }, 'refused-attempts');
    assert.deepEqual([found.verdict, found.remote, found.evidence.numbers.failed], ['supported', REMOTE, 5]);
    assert.match(found.explanation, /15 SYN frames are 5 attempts \(10 repeats\)/);
    assert.equal(theFinding({ sessions: failing(4, 'refused') }, 'refused-attempts').verdict, 'inconclusive');
    assert.equal(theFinding({ sessions: failing(5, 'refused', 10, 75) }, 'refused-attempts').verdict, 'supported');
    assert.equal(theFinding({ sessions: failing(5, 'refused', 10, 75.1) }, 'refused-attempts').verdict, 'inconclusive');
  });

  it('needs a tenth of the attempts', () => {
    const at = (healthyCount: number) =>
      theFinding({ sessions: [...healthy(healthyCount, 0.2), ...failing(5, 'refused', 20, 0.01)] }, 'refused-attempts');
    assert.equal(at(45).verdict, 'supported');
    assert.equal(at(46).verdict, 'inconclusive');
  });

  it('is ruled out where none was refused, but not on four attempts', () => {
    assert.equal(theFinding({ sessions: healthy(5, 1) }, 'refused-attempts').verdict, 'excluded');
    assert.equal(theFinding({ sessions: healthy(4, 1) }, 'refused-attempts').verdict, 'inconclusive');
  });

  it('decides after all that concerns ports', () => {
    assert.equal(judge({ sessions: failing(9, 'refused') }, 'refused-attempts').summary.code, 'refused-attempts');
  });
});

describe('unanswered-attempts', () => {
  it('is silence, older than three seconds at the end', () => {
    assert.equal(
      theFinding({ sessions: failing(5, 'syn-sent'), remoteSilent: true }, 'unanswered-attempts').verdict,
      'supported',
    );
    const young = theFinding({ sessions: failing(5, 'syn-sent', 594), remoteSilent: true }, 'unanswered-attempts');
    assert.equal(young.verdict, 'inconclusive');
  });

  it('is nothing where the remote answered otherwise', () => {
    assert.equal(theFinding({ sessions: failing(9, 'syn-sent') }, 'unanswered-attempts').verdict, 'excluded');
  });

  it('is left open where a side is missing of more than a fifth of the sessions of that remote; a refusal is not', () => {
    const verdict = (oneWay: number, state: 'syn-sent' | 'refused') => {
      const halves = healthy(oneWay, 3).map((one) => ({
        ...one,
        localPort: 40_000 + one.localPort,
        directionMissing: true,
      }));
      const others = healthy(200, 2).map((one) => ({ ...one, remote: '10.2.0.2' }));
      const sessions = [...healthy(15, 2), ...others, ...halves, ...failing(5, state, 20)];
      const code = state === 'refused' ? 'refused-attempts' : 'unanswered-attempts';
      return judge({ sessions, remoteSilent: true }, code).findings[0]!.verdict;
    };
    assert.equal(verdict(5, 'syn-sent'), 'supported');
    assert.equal(verdict(6, 'syn-sent'), 'inconclusive');
    assert.equal(verdict(6, 'refused'), 'supported');
  });

  it('is left open in a capture of one side', () => {
    const lossy = { sessions: failing(9, 'syn-sent'), remoteSilent: true, capture: { dropped: 500 } };
    assert.equal(theFinding(lossy, 'unanswered-attempts').verdict, 'inconclusive');
  });
});
