import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { CLIENT, event, judge, REMOTE, theFinding } from './scene-builder.ts';

const POOL = { portRange: { first: 50_000, last: 50_099 } };

/** One session a port, a tenth of a second each, from the first second on. */
function churn(ports: number, parts: Partial<SessionSpec> = {}, each = 0.1): SessionSpec[] {
  return Array.from({ length: ports }, (_, i) => ({
    localPort: 50_000 + i,
    start: 1 + i * each,
    closed: 1.05 + i * each,
    ...parts,
  }));
}

describe('port-exhaustion', () => {
  it('is supported where TIME_WAIT fills the pool towards one remote and attempts stop', () => {
    const found = theFinding({ sessions: churn(100), options: POOL }, 'port-exhaustion');
    assert.deepEqual([found.verdict, found.severity, found.confidence], ['supported', 'critical', 'high']);
    assert.deepEqual([found.client, found.remote], [CLIENT, REMOTE]);
    const { numbers, localPorts, localPortsTotal, frames } = found.evidence;
    assert.deepEqual([numbers.peak, numbers.timeWait, numbers.open, numbers.halfClosed], [100, 99, 1, 0]);
    assert.deepEqual([localPorts.length, localPortsTotal, localPorts[0]], [100, 100, 50_000]);
    assert.equal(frames.length, 20);
    assert.equal(
      found.displayFilter,
      'ip.src == 10.1.1.10 && ip.dst == 10.2.0.1 && tcp.dstport == 3200 && tcp.flags.syn == 1 && tcp.flags.ack == 0',
    );
  });

  it('needs nine tenths of the pool', () => {
    assert.equal(theFinding({ sessions: churn(90), options: POOL }, 'port-exhaustion').verdict, 'supported');
    assert.equal(theFinding({ sessions: churn(89), options: POOL }, 'port-exhaustion').verdict, 'inconclusive');
  });

  it('needs it for a tenth of TIME_WAIT', () => {
    const [short, long] = [10.5, 11.5].map((seconds) =>
      theFinding(
        { sessions: churn(100, { state: 'reset', closedBy: 'rst-client', closed: 11 + seconds }), options: POOL },
        'port-exhaustion',
      ),
    );
    assert.equal(short!.verdict, 'inconclusive');
    assert.equal(long!.verdict, 'supported');
  });

  it('needs it for ten seconds, however short TIME_WAIT is', () => {
    const [short, long] = [19.5, 20.5].map((closed) => {
      const sessions = churn(100, { state: 'reset', closedBy: 'rst-client', closed });
      return theFinding({ sessions, options: { ...POOL, timeWaitSeconds: 30 } }, 'port-exhaustion').verdict;
    });
    assert.deepEqual([short, long], ['inconclusive', 'supported']);
  });

  it('is left open where the capture has one direction of more than a fifth of the sessions', () => {
    const verdict = (oneWay: number) => {
      const sessions = churn(100).map((one, i) => ({ ...one, directionMissing: i < oneWay }));
      return theFinding({ sessions, options: POOL }, 'port-exhaustion').verdict;
    };
    assert.deepEqual([verdict(20), verdict(21)], ['supported', 'inconclusive']);
  });

  it('is grave from five failures on that are a tenth of the attempts, or ten attempts that did not come', () => {
    // Full from the 90th second to the 126th; these come to the ports that are left meanwhile.
    const severity = (failed: number, every: number, pause = 0) => {
      const meanwhile = Array.from({ length: Math.floor((30 - pause) / every) }, (_, i): SessionSpec => {
        const start = 96 + pause + i * every;
        const one = { localPort: 50_095 + (i % 5), start };
        return i < failed
          ? { ...one, state: 'refused', end: start }
          : { ...one, state: 'reset', closedBy: 'rst-client', closed: start + 0.01 };
      });
      return theFinding({ sessions: [...churn(95, {}, 1), ...meanwhile], options: POOL }, 'port-exhaustion').severity;
    };
    assert.deepEqual([severity(5, 3), severity(4, 3)], ['critical', 'warning']);
    assert.deepEqual([severity(7, 0.5), severity(5, 0.5)], ['critical', 'warning']);
    assert.deepEqual([severity(0, 3, 11), severity(0, 3, 7)], ['critical', 'warning']);
  });

  it('is only a warning while nothing stops or fails', () => {
    const steady = [
      ...churn(95),
      ...Array.from({ length: 300 }, (_, i) => ({
        localPort: 50_095 + (i % 5),
        start: 11 + i * 0.4,
        closed: 11.01 + i * 0.4,
        closedBy: 'rst-client' as const,
        state: 'reset' as const,
      })),
    ];
    const found = theFinding({ sessions: steady, options: POOL }, 'port-exhaustion');
    assert.deepEqual([found.verdict, found.severity, found.confidence], ['supported', 'warning', 'medium']);
    const logged = { events: [event(60, { numbers: [4231] })] };
    const withEvent = theFinding({ sessions: steady, options: POOL, evidence: logged }, 'port-exhaustion');
    assert.deepEqual([withEvent.severity, withEvent.confidence], ['critical', 'high']);
  });

  it('counts the whole host where no single remote has so many', () => {
    const sessions = churn(100).map((one, i) => ({ ...one, remote: `10.2.0.${1 + (i % 4)}` }));
    const found = theFinding({ sessions, options: POOL }, 'port-exhaustion');
    assert.deepEqual([found.verdict, found.remote, found.evidence.numbers.peak], ['supported', null, 100]);
  });

  it('does not count the host where ports are shared between remotes', () => {
    const sessions = [0, 1, 2, 3].flatMap((of) =>
      churn(45).map((one) => ({
        ...one,
        start: one.start + of * 10,
        closed: one.closed! + of * 10,
        remote: `10.2.0.${1 + of}`,
      })),
    );
    const other = churn(100).map((one, i) => ({
      ...one,
      start: one.start + 50,
      closed: one.closed! + 50,
      remote: `10.3.0.${i % 4}`,
    }));
    const found = theFinding({ sessions: [...sessions, ...other], options: POOL }, 'port-exhaustion');
    assert.equal(found.verdict, 'excluded');
  });

  it('takes ports for shared from one start in twenty on', () => {
    const spread = churn(100).map((one, i) => ({ ...one, remote: `10.2.0.${1 + (i % 4)}` }));
    const again = (count: number) =>
      spread.slice(0, count).map((one, i) => ({ ...one, start: 12 + i, closed: 12.5 + i, remote: '10.2.0.9' }));
    const verdict = (count: number) =>
      theFinding({ sessions: [...spread, ...again(count)], options: POOL }, 'port-exhaustion').verdict;
    assert.deepEqual([verdict(5), verdict(6)], ['supported', 'excluded']);
  });

  it('is excluded below one half at every TIME_WAIT, in a capture of grade A', () => {
    assert.equal(theFinding({ sessions: churn(49), options: POOL }, 'port-exhaustion').verdict, 'excluded');
    assert.equal(theFinding({ sessions: churn(50), options: POOL }, 'port-exhaustion').verdict, 'inconclusive');
    const cut = { sessions: churn(49), options: POOL, capture: { complete: false } };
    assert.equal(theFinding(cut, 'port-exhaustion').verdict, 'inconclusive');
  });

  it('is judged at the TIME_WAIT that the reuses show', () => {
    const rounds = [0, 1, 2, 3].flatMap((round) =>
      churn(40, {}, 1).map((one, i) => ({
        ...one,
        start: one.start + round * 61,
        closed: one.closed! + round * 61,
        ...(round > 0 ? { reuseOf: (round - 1) * 40 + i } : {}),
      })),
    );
    const found = theFinding(
      { sessions: rounds, options: { portRange: { first: 50_000, last: 50_039 } } },
      'port-exhaustion',
    );
    assert.equal(found.evidence.numbers.timeWaitSeconds, 60);
    assert.match(found.explanation, /at a TIME_WAIT of 60 s, not the 120 s assumed: a port came back 61 s after/);
  });

  it('does not take a fast reuse for a full pool', () => {
    const fast = Array.from({ length: 400 }, (_, i) => ({
      localPort: 50_000 + (i % 40),
      start: 1 + i * 0.1,
      closed: 1.05 + i * 0.1,
      ...(i >= 40 ? { reuseOf: i - 40 } : {}),
    }));
    const { findings, summary } = judge(
      { sessions: fast, options: { portRange: { first: 50_000, last: 50_039 } } },
      'port-exhaustion',
    );
    assert.deepEqual(
      findings.map(({ verdict }) => verdict),
      ['inconclusive'],
    );
    assert.equal(summary.code, 'reuse-in-time-wait');
  });

  it('is left open where the pool is not known', () => {
    const three = [0, 1, 2].map((i) => ({ localPort: 20_000 + i, start: i, closed: i + 1 }));
    const found = theFinding({ sessions: three, options: { portRange: null } }, 'port-exhaustion');
    assert.equal(found.verdict, 'inconclusive');
    assert.match(found.nextSteps.join(), /netsh int ipv4 show dynamicport tcp/);
  });

  it('is left open host-wide where no session starts in the capture', () => {
    const sessions = Array.from({ length: 100 }, (_, i) => ({
      localPort: 50_000 + i,
      remote: `10.2.0.${1 + (i % 4)}`,
      start: 0,
      state: 'open' as const,
      midstream: true,
    }));
    const found = theFinding({ sessions, options: POOL }, 'port-exhaustion');
    assert.deepEqual([found.verdict, found.remote], ['inconclusive', null]);
    assert.match(found.title, /hardly any session starts/);
    const starting = (count: number) =>
      theFinding(
        { sessions: sessions.map((one, i) => ({ ...one, midstream: i >= count })), options: POOL },
        'port-exhaustion',
      );
    assert.deepEqual([starting(20).verdict, starting(19).verdict], ['supported', 'inconclusive']);
  });
});
