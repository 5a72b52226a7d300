import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { type CaseSpec, CLIENT, judge, REMOTE, theFinding } from './scene-builder.ts';

const NEVER = 'sessions-never-closed';
const HALF = 'half-closed-sessions';

/** Healthy sessions of half a second, one every second. */
function healthy(count: number, parts: Partial<SessionSpec> = {}): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 50_000 + i,
    start: i,
    closed: i + 0.5,
    lastPayload: i + 0.4,
    ...parts,
  }));
}

/** Sessions that send one request and stay open, one every `every` seconds. */
function leaked(count: number, every = 10, parts: Partial<SessionSpec> = {}): SessionSpec[] {
  return Array.from({ length: count }, (_, i) => ({
    localPort: 60_000 + i,
    start: 5 + i * every,
    end: 5.2 + i * every,
    lastPayload: 5.2 + i * every,
    ...parts,
  }));
}

function halfClosed(count: number, state: SessionSpec['state'], parts: Partial<SessionSpec> = {}): SessionSpec[] {
  return leaked(count, 10).map((one) => ({ ...one, state: state!, closed: one.start + 0.3, closedBy: null, ...parts }));
}

/** Sessions that turn up in the midst of the capture, and end. They are few enough to change no percentile. */
function late(count: number): SessionSpec[] {
  return healthy(count, { midstream: true }).map((one, i) => ({ ...one, localPort: 40_000 + i, start: 100 + 5 * i }));
}

function verdict(code: typeof NEVER | typeof HALF, spec: CaseSpec): string {
  return theFinding(spec, code).verdict;
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
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...leaked(9, 40)] }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: healthy(500) }), 'excluded');
  });

  it('is of sessions older than twenty seconds and silent for ten', () => {
    const last = (parts: Partial<SessionSpec>) => {
      const [forgotten] = leaked(1, 1, { localPort: 61_000, ...parts });
      return verdict(NEVER, { sessions: [...healthy(598), ...leaked(9, 40), forgotten!] });
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
    assert.equal(verdict(NEVER, { sessions: [...slow, ...wide(silentFor(370))] }), 'excluded');
    const rested = leaked(10, 40, { longestPause: 250 });
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...rested] }), 'inconclusive');
  });

  it('needs sessions opened, and left, in three of the eight windows', () => {
    assert.equal(verdict(NEVER, { sessions: [...healthy(590), ...leaked(12, 12)] }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: [...healthy(590), ...leaked(12, 13.5)] }), 'supported');
  });

  it('is no connection pool that was opened at once', () => {
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...leaked(40, 0.1)] }), 'inconclusive');
  });

  it('is no session that rests as long as its like do', () => {
    const resting = healthy(500).map((one, i) => ({ ...one, longestPause: i % 5 === 0 ? 100 : 0 }));
    const spread = (last: number) => leaked(30, 12).map((one, i) => ({ ...one, lastPayload: last - 9 * (29 - i) }));
    assert.equal(verdict(NEVER, { sessions: [...resting, ...spread(600)] }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: [...resting, ...spread(390)] }), 'supported');
    assert.equal(verdict(NEVER, { sessions: [...resting, ...leaked(30, 12, { lastPayload: 420 })] }), 'excluded');
  });

  it('is no connection pool that has nothing to do any more', () => {
    const pool = (lastPayload: (i: number) => number) =>
      leaked(30, 12).map((one, i) => ({ ...one, lastPayload: lastPayload(i) }));
    const allAtOnce = pool((i) => 390 + i);
    assert.equal(verdict(NEVER, { sessions: [...healthy(590), ...allAtOnce] }), 'inconclusive');
    // Its members are left one after the other, and nobody opens any more.
    const byAndBy = pool((i) => 360 + 7 * i);
    assert.equal(verdict(NEVER, { sessions: [...healthy(360), ...byAndBy] }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: [...healthy(590), ...byAndBy] }), 'supported');
  });

  it('is no session that lives as long as those that had begun before the capture', () => {
    const before = healthy(60, { midstream: true }).map((one, i) => ({
      ...one,
      localPort: 40_000 + i,
      closed: 10 * i,
    }));
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...before, ...leaked(30)] }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...before.slice(0, 4), ...leaked(30)] }), 'supported');
  });

  it('allows for ends in holes too short to be called so, where sessions turn up without a beginning', () => {
    const of = (count: number) => ({ sessions: [...healthy(800), ...leaked(30), ...late(count)] });
    assert.equal(verdict(NEVER, of(8)), 'supported');
    assert.equal(verdict(NEVER, of(11)), 'inconclusive');
  });

  it('is no session as young as its like become', () => {
    const slow = healthy(500, {}).map((one) => ({ ...one, closed: one.start + 90, lastPayload: one.start + 89 }));
    const young = leaked(30, 2).map((one) => ({ ...one, start: one.start + 510, lastPayload: one.start + 510 }));
    assert.equal(verdict(NEVER, { sessions: [...slow, ...young] }), 'excluded');
  });

  it('counts no session that had begun before the capture', () => {
    assert.equal(verdict(NEVER, { sessions: [...healthy(500), ...leaked(30, 10, { midstream: true })] }), 'excluded');
  });

  it('rules nothing out on few sessions, without payload, or in a capture with losses', () => {
    assert.equal(verdict(NEVER, { sessions: healthy(99) }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions: healthy(100) }), 'excluded');
    const sessions = [...healthy(500), ...leaked(30)];
    assert.equal(verdict(NEVER, { sessions, flagsOnly: true }), 'inconclusive');
    assert.equal(verdict(NEVER, { sessions, capture: { dropped: 500 } }), 'inconclusive');
  });

  it('allows for ends that were lost with the packets', () => {
    const sessions = [
      ...healthy(3000, {}).map((one) => ({ ...one, localPort: 50_000 + (one.localPort % 9000) })),
      ...leaked(30, 100),
    ];
    const few = { sessions, end: 3100, capture: { packets: 1e6, dropped: 900 } };
    assert.equal(verdict(NEVER, few), 'inconclusive');
    assert.equal(verdict(NEVER, { ...few, capture: { packets: 1e6, dropped: 100 } }), 'supported');
  });

  it('does not conclude across a hole in the capture', () => {
    const sessions = [...healthy(500), ...leaked(30)];
    assert.equal(verdict(NEVER, { sessions, silences: [[450, 520]] }), 'inconclusive');
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

describe(HALF, () => {
  it('is supported from five sessions on, ten seconds after their FIN', () => {
    const found = theFinding({ sessions: [...healthy(300), ...halfClosed(5, 'half-closed-by-remote')] }, HALF);
    assert.deepEqual([found.verdict, found.confidence, found.remote], ['supported', 'medium', REMOTE]);
    assert.match(found.title, /CLOSE_WAIT/);
    assert.match(found.nextSteps[0]!, /-State CloseWait .*ss -tnp state close-wait/);
    assert.equal(
      verdict(HALF, { sessions: [...healthy(300), ...halfClosed(4, 'half-closed-by-remote')] }),
      'inconclusive',
    );
    assert.equal(verdict(HALF, { sessions: healthy(300) }), 'excluded');
    assert.equal(verdict(HALF, { sessions: halfClosed(5, 'half-closed-by-remote'), end: 55.2 }), 'inconclusive');
    assert.equal(verdict(HALF, { sessions: halfClosed(5, 'half-closed-by-remote'), end: 55.4 }), 'supported');
  });

  it('tells the server that does not close from the client that does not', () => {
    const found = theFinding({ sessions: [...healthy(300), ...halfClosed(12, 'half-closed-by-client')] }, HALF);
    assert.match(found.title, /10\.2\.0\.1:3200 leaves 12 sessions half-closed .*FIN_WAIT_2/);
    assert.deepEqual([found.evidence.numbers.halfClosedByClient, found.evidence.numbers.halfClosedByRemote], [12, 0]);
  });

  it('names a port once that several of them had', () => {
    const sessions = [...healthy(500), ...halfClosed(6, 'half-closed-by-remote', { localPort: 60_000 })];
    const { title, evidence } = theFinding({ sessions }, HALF);
    assert.match(title, /6 sessions/);
    assert.deepEqual([evidence.localPorts, evidence.localPortsTotal], [[60_000], 1]);
  });

  it('counts sessions that had begun before the capture', () => {
    assert.equal(verdict(HALF, { sessions: halfClosed(5, 'half-closed-by-remote', { midstream: true }) }), 'supported');
  });

  it('counts no session of which a FIN is the first that is seen where the other may have come before', () => {
    const cut = (state: SessionSpec['state'], from: number) => ({
      sessions: [
        ...healthy(300),
        ...halfClosed(6, state, { midstream: true }).map((one, i) => ({ ...one, start: from + i, closed: from + i })),
      ],
    });
    assert.equal(verdict(HALF, cut('half-closed-by-client', 300)), 'excluded');
    assert.equal(verdict(HALF, cut('half-closed-by-remote', 1)), 'excluded');
    assert.equal(verdict(HALF, cut('half-closed-by-remote', 300)), 'supported');
  });

  it('rules nothing out in a capture with losses, and allows for lost FINs', () => {
    const sessions = [...healthy(590), ...halfClosed(9, 'half-closed-by-remote')];
    assert.equal(verdict(HALF, { sessions, capture: { dropped: 500 } }), 'inconclusive');
    assert.equal(verdict(HALF, { sessions, capture: { packets: 10_000, dropped: 9 } }), 'inconclusive');
    assert.equal(verdict(HALF, { sessions, capture: { packets: 10_000, dropped: 1 } }), 'supported');
  });

  it('is no session of which one side is missing, and none that may have ended in a hole of the capture', () => {
    const half = (parts: Partial<SessionSpec>) => [...healthy(500), ...halfClosed(12, 'half-closed-by-remote', parts)];
    assert.equal(verdict(HALF, { sessions: half({}) }), 'supported');
    assert.equal(verdict(HALF, { sessions: half({ directionMissing: true }) }), 'excluded');
    assert.equal(verdict(HALF, { sessions: half({}), silences: [[450, 520]] }), 'inconclusive');
  });

  it('is critical from half of a known pool on, or where the pool fills within a day', () => {
    const severity = (sessions: SessionSpec[], portRange: { first: number; last: number } | null) =>
      theFinding({ sessions, options: { portRange } }, HALF).severity;
    const atOnce = (count: number, port: number) =>
      halfClosed(count, 'half-closed-by-remote').map((one, i) => ({
        ...one,
        localPort: port + i,
        start: 1,
        closed: 2,
      }));
    assert.equal(severity(atOnce(50, 50_000), { first: 50_000, last: 50_099 }), 'critical');
    assert.equal(severity(atOnce(49, 50_000), { first: 50_000, last: 50_099 }), 'warning');
    assert.equal(severity(atOnce(12, 20_000), null), 'warning', 'no pool is known that has these ports');
    // One more every 37.5 s, 96 an hour.
    const growing = atOnce(16, 50_000).map((one, i) => ({ ...one, start: i * 37.5 + 1, closed: i * 37.5 + 2 }));
    assert.equal(severity(growing, { first: 50_000, last: 50_015 + 96 * 23 }), 'critical');
    assert.equal(severity(growing, { first: 50_000, last: 50_015 + 96 * 25 }), 'warning');
  });

  it('waits for the other side as long as it takes in sessions that are closed', () => {
    const slow = healthy(300).map((one) => ({ ...one, closed: one.start + 40 }));
    const young = halfClosed(30, 'half-closed-by-remote').map((one, i) => ({ ...one, closed: 525 + i }));
    assert.equal(verdict(HALF, { sessions: [...healthy(300), ...young] }), 'supported');
    assert.equal(verdict(HALF, { sessions: [...slow, ...young] }), 'inconclusive');
    const found = theFinding({ sessions: [...slow, ...young], end: 620 }, HALF);
    assert.deepEqual([found.verdict, found.evidence.numbers.halfClosedByRemote], ['supported', 16]);
    assert.match(found.explanation, /the first FIN is more than 79\.\d s before/);
  });

  it('allows for FINs in holes too short to be called so', () => {
    const of = (count: number) => ({
      sessions: [...healthy(300), ...halfClosed(9, 'half-closed-by-remote'), ...late(count)],
    });
    assert.equal(verdict(HALF, of(2)), 'supported');
    assert.equal(verdict(HALF, of(3)), 'inconclusive');
  });

  it('is what decides when it fills the pool', () => {
    const sessions = halfClosed(100, 'half-closed-by-remote').map((one, i) => ({ ...one, localPort: 50_000 + i }));
    const { summary, findings } = judge(
      { sessions, end: 1200, options: { portRange: { first: 50_000, last: 50_099 } } },
      HALF,
    );
    assert.equal(findings[0]!.severity, 'critical');
    assert.equal(summary.code, HALF);
  });
});
