import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { halfClosed, healthy, late } from './leaking.ts';
import { type CaseSpec, judge, REMOTE, theFinding } from './scene-builder.ts';

const HALF = 'half-closed-sessions';

function verdict(spec: CaseSpec): string {
  return theFinding(spec, HALF).verdict;
}

describe(HALF, () => {
  it('is supported from five sessions on, ten seconds after their FIN', () => {
    const found = theFinding({ sessions: [...healthy(300), ...halfClosed(5, 'half-closed-by-remote')] }, HALF);
    assert.deepEqual([found.verdict, found.confidence, found.remote], ['supported', 'medium', REMOTE]);
    assert.match(found.title, /CLOSE_WAIT/);
    assert.match(found.nextSteps[0]!, /-State CloseWait .*ss -tnp state close-wait/);
    assert.equal(verdict({ sessions: [...healthy(300), ...halfClosed(4, 'half-closed-by-remote')] }), 'inconclusive');
    assert.equal(verdict({ sessions: healthy(300) }), 'excluded');
    assert.equal(verdict({ sessions: halfClosed(5, 'half-closed-by-remote'), end: 55.2 }), 'inconclusive');
    assert.equal(verdict({ sessions: halfClosed(5, 'half-closed-by-remote'), end: 55.4 }), 'supported');
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
    assert.equal(verdict({ sessions: halfClosed(5, 'half-closed-by-remote', { midstream: true }) }), 'supported');
  });

  it('counts no session of which a FIN is the first that is seen where the other may have come before', () => {
    const cut = (state: SessionSpec['state'], from: number) => ({
      sessions: [
        ...healthy(300),
        ...halfClosed(6, state, { midstream: true }).map((one, i) => ({ ...one, start: from + i, closed: from + i })),
      ],
    });
    assert.equal(verdict(cut('half-closed-by-client', 300)), 'excluded');
    assert.equal(verdict(cut('half-closed-by-remote', 1)), 'excluded');
    assert.equal(verdict(cut('half-closed-by-remote', 300)), 'supported');
    assert.equal(verdict(cut('half-closed-by-remote', 30)), 'supported');
    // It was sent longer before the capture where closings take longer.
    const slow = healthy(300).map((one) => ({ ...one, closed: one.start + 40 }));
    const sessions = [...slow, ...cut('half-closed-by-remote', 30).sessions.slice(300)];
    assert.equal(verdict({ sessions }), 'inconclusive');
  });

  it('rules nothing out in a capture with losses, and allows for lost FINs', () => {
    const sessions = [...healthy(590), ...halfClosed(9, 'half-closed-by-remote')];
    assert.equal(verdict({ sessions, capture: { dropped: 500 } }), 'inconclusive');
    assert.equal(verdict({ sessions, capture: { packets: 10_000, dropped: 9 } }), 'inconclusive');
    assert.equal(verdict({ sessions, capture: { packets: 10_000, dropped: 1 } }), 'supported');
  });

  it('is no session of which one side is missing, and none that may have ended in a hole of the capture', () => {
    const half = (parts: Partial<SessionSpec>) => [...healthy(500), ...halfClosed(12, 'half-closed-by-remote', parts)];
    assert.equal(verdict({ sessions: half({}) }), 'supported');
    assert.equal(verdict({ sessions: half({ directionMissing: true }) }), 'excluded');
    assert.equal(verdict({ sessions: half({}), silences: [[450, 520]] }), 'inconclusive');
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
    assert.equal(verdict({ sessions: [...healthy(300), ...young] }), 'supported');
    assert.equal(verdict({ sessions: [...slow, ...young] }), 'inconclusive');
    const found = theFinding({ sessions: [...slow, ...young], end: 620 }, HALF);
    assert.deepEqual([found.verdict, found.evidence.numbers.halfClosedByRemote], ['supported', 16]);
    assert.match(found.explanation, /the first FIN is more than 79\.\d s before/);
  });

  it('allows for FINs in holes too short to be called so', () => {
    const of = (count: number) => ({
      sessions: [...healthy(300), ...halfClosed(9, 'half-closed-by-remote'), ...late(count)],
    });
    assert.equal(verdict(of(2)), 'supported');
    assert.equal(verdict(of(3)), 'inconclusive');
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
