import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { healthy, late, leaked } from './leaking.ts';
import { type CaseSpec, CLIENT, REMOTE, theFinding } from './scene-builder.ts';

const NEVER = 'sessions-never-closed';

function verdict(spec: CaseSpec): string {
  return theFinding(spec, NEVER).verdict;
}

describe(NEVER, () => {
  it('is supported from ten sessions on', () => {
    const found = theFinding({ sessions: [...healthy(500), ...leaked(10, 40)] }, NEVER);
    assert.deepEqual([found.verdict, found.client, found.remote], ['supported', CLIENT, REMOTE]);
    assert.deepEqual(
      found.evidence.localPorts,
      leaked(10).map(({ localPort }) => localPort),
    );
    assert.equal(found.evidence.numbers.windowsWithOpens, 5);
    assert.equal(verdict({ sessions: [...healthy(500), ...leaked(9, 40)] }), 'inconclusive');
    assert.equal(verdict({ sessions: healthy(500) }), 'excluded');
    // The last of them is the last attempt of all: nobody passed it over.
    assert.equal(verdict({ sessions: leaked(10, 40) }), 'supported');
  });

  it('is of sessions older than twenty seconds and silent for ten', () => {
    const last = (parts: Partial<SessionSpec>) => {
      const [forgotten] = leaked(1, 1, { localPort: 61_000, ...parts });
      return verdict({ sessions: [...healthy(598), ...leaked(9, 40), forgotten!] });
    };
    assert.equal(last({ start: 579.5, lastPayload: 579.6 }), 'supported');
    assert.equal(last({ start: 580.5, lastPayload: 580.6 }), 'inconclusive');
    assert.equal(last({ start: 300, lastPayload: 589 }), 'supported');
    assert.equal(last({ start: 300, lastPayload: 590.5 }), 'inconclusive');
  });

  it('is of sessions silent for three times as long as their like live, and twice as long as they themselves rested', () => {
    const slow = healthy(400).map((one) => ({ ...one, closed: one.start + 180, lastPayload: one.start + 179 }));
    const silentFor = (seconds: number) =>
      leaked(12, 1).map((one, i) => ({ ...one, start: i * 5, lastPayload: 600 - seconds - i * 14 }));
    const wide = (sessions: SessionSpec[]) => sessions.map((one) => ({ ...one, start: one.start * 3 }));
    assert.equal(verdict({ sessions: [...slow, ...wide(silentFor(370))] }), 'excluded');
    const rested = leaked(10, 40, { longestPause: 250 });
    assert.equal(verdict({ sessions: [...healthy(500), ...rested] }), 'inconclusive');
  });

  it('needs sessions opened, and left, in three of the eight windows', () => {
    assert.equal(verdict({ sessions: [...healthy(590), ...leaked(12, 12)] }), 'inconclusive');
    assert.equal(verdict({ sessions: [...healthy(590), ...leaked(12, 13.5)] }), 'supported');
  });

  it('is no connection pool that was opened at once', () => {
    assert.equal(verdict({ sessions: [...healthy(500), ...leaked(40, 0.1)] }), 'inconclusive');
  });

  it('is no session that rests as long as its like do', () => {
    const resting = healthy(500).map((one, i) => ({ ...one, longestPause: i % 5 === 0 ? 100 : 0 }));
    const spread = (last: number) => leaked(30, 12).map((one, i) => ({ ...one, lastPayload: last - 9 * (29 - i) }));
    assert.equal(verdict({ sessions: [...resting, ...spread(600)] }), 'inconclusive');
    assert.equal(verdict({ sessions: [...resting, ...spread(390)] }), 'supported');
    assert.equal(verdict({ sessions: [...resting, ...leaked(30, 12, { lastPayload: 420 })] }), 'excluded');
  });

  it('is no connection pool that has nothing to do any more', () => {
    const pool = (lastPayload: (i: number) => number) =>
      leaked(30, 12).map((one, i) => ({ ...one, lastPayload: lastPayload(i) }));
    const allAtOnce = pool((i) => 390 + i);
    assert.equal(verdict({ sessions: [...healthy(590), ...allAtOnce] }), 'inconclusive');
    // Its members are left one after the other, and nobody opens any more.
    const byAndBy = pool((i) => 360 + 7 * i);
    assert.equal(verdict({ sessions: [...healthy(360), ...byAndBy] }), 'inconclusive');
    assert.equal(verdict({ sessions: [...healthy(590), ...byAndBy] }), 'supported');
  });

  it('is no session that lives as long as those that had begun before the capture', () => {
    const before = healthy(60, { midstream: true }).map((one, i) => ({
      ...one,
      localPort: 40_000 + i,
      closed: 10 * i,
    }));
    assert.equal(verdict({ sessions: [...healthy(500), ...before, ...leaked(30)] }), 'inconclusive');
    // Ten of these were older than twenty seconds: they explain twenty of the thirty that stand open.
    assert.equal(verdict({ sessions: [...healthy(500), ...before.slice(0, 13), ...leaked(30)] }), 'supported');
    assert.equal(verdict({ sessions: [...healthy(500), ...before.slice(0, 14), ...leaked(30)] }), 'inconclusive');
  });

  it('allows for ends in holes too short to be called so, where sessions turn up without a beginning', () => {
    const of = (count: number) => ({ sessions: [...healthy(800), ...leaked(30), ...late(count)] });
    assert.equal(verdict(of(8)), 'supported');
    assert.equal(verdict(of(11)), 'inconclusive');
  });

  it('is no session as young as its like become', () => {
    const slow = healthy(500, {}).map((one) => ({ ...one, closed: one.start + 90, lastPayload: one.start + 89 }));
    const young = leaked(30, 2).map((one) => ({ ...one, start: one.start + 510, lastPayload: one.start + 510 }));
    assert.equal(verdict({ sessions: [...slow, ...young] }), 'excluded');
  });

  it('counts no session that had begun before the capture', () => {
    assert.equal(verdict({ sessions: [...healthy(500), ...leaked(30, 10, { midstream: true })] }), 'excluded');
  });

  it('rules nothing out on few sessions, without payload, or in a capture with losses', () => {
    assert.equal(verdict({ sessions: healthy(99) }), 'inconclusive');
    assert.equal(verdict({ sessions: healthy(100) }), 'excluded');
    const sessions = [...healthy(500), ...leaked(30)];
    assert.equal(verdict({ sessions, flagsOnly: true }), 'inconclusive');
    assert.equal(verdict({ sessions, capture: { dropped: 500 } }), 'inconclusive');
  });

  it('allows for ends that were lost with the packets', () => {
    const sessions = [
      ...healthy(3000, {}).map((one) => ({ ...one, localPort: 50_000 + (one.localPort % 9000) })),
      ...leaked(30, 100),
    ];
    const few = { sessions, end: 3100, capture: { packets: 1e6, dropped: 900 } };
    assert.equal(verdict(few), 'inconclusive');
    assert.equal(verdict({ ...few, capture: { packets: 1e6, dropped: 100 } }), 'supported');
  });

  it('does not conclude across a hole in the capture', () => {
    const sessions = [...healthy(500), ...leaked(30)];
    assert.equal(verdict({ sessions, silences: [[450, 520]] }), 'inconclusive');
  });

  it('decides early when it fills the pool within a day, late when it does not', () => {
    const sessions = [...healthy(500), ...leaked(40)];
    const small = { portRange: { first: 50_000, last: 53_000 } };
    const fast = theFinding({ sessions, options: small }, NEVER);
    assert.deepEqual([fast.severity, fast.confidence], ['critical', 'high']);
    assert.ok(Number(fast.evidence.numbers.openSlopePerHour) > 200);
    const slow = [
      ...healthy(590).map((one) => ({ ...one, start: one.start * 100, closed: one.closed! * 100 })),
      ...leaked(12, 4000),
    ];
    const late = theFinding({ sessions: slow, end: 60_000 }, NEVER);
    assert.equal(late.severity, 'warning');
  });
});
