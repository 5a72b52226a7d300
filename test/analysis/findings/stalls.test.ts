import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { type CaseSpec, event, judge, steady, theFinding } from './scene-builder.ts';

const REMOTE_CODE = 'attempts-stalled-remote';
const HOST_CODE = 'attempts-stalled-host';

function verdicts(spec: CaseSpec): string[] {
  return [...judge(spec, REMOTE_CODE).findings, ...judge(spec, HOST_CODE).findings].map(
    ({ code, verdict, remote }) => `${code.slice(17)} ${verdict}${remote === null ? '' : ` ${remote}`}`,
  );
}

const A = steady('10.2.0.1', 0, 300);
const GOES_ON = steady('10.2.0.2', 0.5, 600);

describe('attempts that stall', () => {
  it('towards one remote while another goes on', () => {
    const spec = { sessions: [...A, ...GOES_ON] };
    assert.deepEqual(verdicts(spec), ['remote supported 10.2.0.1:3200', 'host excluded']);
    const found = theFinding(spec, REMOTE_CODE);
    assert.deepEqual(
      [found.severity, found.evidence.numbers.silenceSeconds, found.evidence.numbers.ended],
      ['warning', 301, false],
    );
    assert.equal(found.evidence.frames.length, 20);
  });

  it('towards all remotes together', () => {
    const spec = { sessions: [...A, ...steady('10.2.0.2', 0, 340)] };
    assert.deepEqual(verdicts(spec), ['remote excluded', 'host supported']);
    assert.equal(judge(spec, HOST_CODE).summary.code, HOST_CODE);
  });

  it('from the last attempt of all, however long one of them had been silent by then', () => {
    const { title, evidence } = theFinding({ sessions: [...A, ...steady('10.2.0.2', 0, 340)] }, HOST_CODE);
    assert.match(title, /for 261 s/);
    const { silenceSeconds, attemptsPerSecond, expectedAttempts } = evidence.numbers;
    assert.deepEqual(
      [silenceSeconds, attemptsPerSecond, expectedAttempts].map((figure) => Math.round(Number(figure))),
      [261, 2, 524],
    );
  });

  it('names a port once that both remotes had', () => {
    const { localPorts, localPortsTotal } = theFinding(
      { sessions: [...A, ...steady('10.2.0.2', 0.5, 300)] },
      HOST_CODE,
    ).evidence;
    assert.deepEqual(localPorts, [...new Set(localPorts)]);
    assert.deepEqual([localPorts.length, localPortsTotal], [10, 10]);
  });

  it('not together when they stop more than a minute apart', () => {
    assert.deepEqual(verdicts({ sessions: [...A, ...steady('10.2.0.2', 0, 370)] }), [
      'remote inconclusive',
      'host inconclusive',
    ]);
  });

  it('not the whole host while anything is attempted', () => {
    const lone = { remote: '10.2.0.9', localPort: 65_000, start: 450, closed: 451 };
    const spec = { sessions: [...A, ...steady('10.2.0.2', 0, 300), lone] };
    assert.deepEqual(verdicts(spec), ['remote inconclusive', 'host inconclusive']);
  });

  it('cannot tell one remote from the host without a second one', () => {
    assert.deepEqual(verdicts({ sessions: A }), ['remote inconclusive', 'host inconclusive']);
    assert.match(theFinding({ sessions: A }, 'attempts-stalled-host').explanation, /2 such targets are needed/);
    assert.match(theFinding({ sessions: A }, REMOTE_CODE).nextSteps[0]!, /Test-NetConnection 10\.2\.0\.1 -Port 3200/);
  });

  it('is told with its end where it ends', () => {
    const spec = {
      sessions: [
        ...A,
        ...steady('10.2.0.1', 400, 600).map((one) => ({ ...one, localPort: one.localPort + 5000 })),
        ...GOES_ON,
      ],
    };
    const found = theFinding(spec, REMOTE_CODE);
    assert.deepEqual([found.evidence.numbers.ended, found.evidence.numbers.silenceSeconds], [true, 101]);
  });

  it('is no stall where the host fell silent, or the capture has a hole', () => {
    const both = [...A, ...steady('10.2.0.2', 0, 300)];
    assert.deepEqual(verdicts({ sessions: both, dead: [[301, 600]] }), ['remote inconclusive', 'host inconclusive']);
    assert.deepEqual(verdicts({ sessions: both, dead: [[440, 600]] }), ['remote inconclusive', 'host inconclusive']);
    // Three seconds with packets do, and the first five of the silence do not count: they end what was going on.
    assert.deepEqual(verdicts({ sessions: both, dead: [[301, 597]] }), ['remote excluded', 'host supported']);
    for (const from of [301, 304]) {
      const dead = [[from, 598] as const];
      assert.deepEqual(verdicts({ sessions: both, dead }), ['remote inconclusive', 'host inconclusive']);
    }
    assert.deepEqual(verdicts({ sessions: both, silences: [[310, 400]] }), [
      'remote inconclusive',
      'host inconclusive',
    ]);
  });

  it('is no stall where an address that is new goes on instead', () => {
    const other = (from: number) => steady('10.2.0.1', from, 600).map((one) => ({ ...one, client: '10.1.1.77' }));
    const verdictOf = (sessions: SessionSpec[]) =>
      judge({ sessions }, REMOTE_CODE).findings.find(({ client }) => client === '10.1.1.10')!.verdict;
    assert.equal(verdictOf([...A, ...GOES_ON, ...other(301)]), 'inconclusive');
    // It was there before, or has less to do.
    assert.equal(verdictOf([...A, ...GOES_ON, ...other(200)]), 'supported');
    assert.equal(verdictOf([...A, ...GOES_ON, ...other(500)]), 'supported');
  });

  it('is one where the ports were all taken, whoever goes on instead', () => {
    const portRange = { first: 50_000, last: 50_099 };
    const inPool = (sessions: SessionSpec[]) =>
      sessions.map((one) => ({ ...one, localPort: portRange.first + (one.localPort % 100) }));
    const other = steady('10.2.0.1', 301, 600).map((one) => ({ ...one, client: '10.1.1.77' }));
    const verdictOf = (options: CaseSpec['options']) =>
      judge({ sessions: [...inPool([...A, ...GOES_ON]), ...other], options: options! }, REMOTE_CODE).findings.find(
        ({ client }) => client === '10.1.1.10',
      )!.verdict;
    assert.equal(verdictOf({}), 'inconclusive');
    assert.equal(verdictOf({ portRange }), 'supported');
  });

  it('is certain where something went wrong as it began, else it may be the application', () => {
    const sessions = [...A, ...GOES_ON];
    assert.equal(theFinding({ sessions }, REMOTE_CODE).confidence, 'medium');
    const events = [event(290, { numbers: [4227] })];
    assert.equal(theFinding({ sessions, evidence: { events } }, REMOTE_CODE).confidence, 'high');
  });

  it('of the whole host is left open where a capture filter leaves remotes out', () => {
    const both = [...A, ...steady('10.2.0.2', 0, 300)];
    const through = (filter: string) => {
      const origin = {
        linkType: 'ETHERNET',
        linkTypeNumber: 1,
        supported: true,
        snaplen: 0,
        packets: 9,
        dropped: 0,
        filter,
      };
      return verdicts({ sessions: both, capture: { interfaces: [origin] } })[1];
    };
    assert.equal(through('tcp and net 10.2.0.0/16'), 'host inconclusive');
    assert.equal(through('tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) != 0'), 'host supported');
  });

  it('is left open in a capture with losses', () => {
    const spec = { sessions: [...A, ...GOES_ON], capture: { dropped: 500 } };
    assert.deepEqual(verdicts(spec), ['remote inconclusive', 'host inconclusive']);
    assert.match(theFinding(spec, REMOTE_CODE).explanation, /too incomplete to conclude anything from silence/);
  });

  it('is critical with an event, or failures just before', () => {
    const logged = { events: [event(320, { numbers: [10048] })] };
    assert.equal(theFinding({ sessions: [...A, ...GOES_ON], evidence: logged }, REMOTE_CODE).severity, 'critical');
    const refused = A.map((one, i) =>
      i < 280 ? one : { ...one, closed: undefined, state: 'refused' as const, end: one.start },
    );
    const spec = { sessions: [...(refused as unknown as SessionSpec[]), ...GOES_ON] };
    assert.equal(theFinding(spec, REMOTE_CODE).severity, 'critical');
  });

  it('towards one remote while another goes on at half its rate', () => {
    const slower = (every: number) => [...steady('10.2.0.2', 0.5, 300), ...steady('10.2.0.2', 300.5, 600, every)];
    assert.equal(verdicts({ sessions: [...A, ...slower(1.7)] })[0], 'remote supported 10.2.0.1:3200');
    assert.equal(verdicts({ sessions: [...A, ...slower(2.5)] })[0], 'remote inconclusive');
  });

  it('is none where the client keeps nine tenths of its sessions, as a pool does', () => {
    const kept = (ended: number) =>
      A.map(({ remote, localPort, start, closed }, i): SessionSpec => {
        return i % 20 < ended
          ? { remote: remote!, localPort, start, closed: closed! }
          : { remote: remote!, localPort, start };
      });
    assert.equal(verdicts({ sessions: [...kept(3), ...GOES_ON] })[0], 'remote supported 10.2.0.1:3200');
    assert.equal(verdicts({ sessions: [...kept(1), ...GOES_ON] })[0], 'remote inconclusive');
  });

  it('is critical with a challenge just before', () => {
    const severity = (at: number) => {
      const challenged = A.map((one, i): SessionSpec => {
        return i === at ? { ...one, localPort: A[10]!.localPort, reuseOf: 10, answer: 'challenged' } : one;
      });
      return theFinding({ sessions: [...challenged, ...GOES_ON] }, REMOTE_CODE).severity;
    };
    assert.deepEqual([severity(290), severity(200)], ['critical', 'warning']);
  });

  it('is no graver for a pool that was full long before', () => {
    const ports = (sessions: SessionSpec[]) =>
      sessions.map(
        (one, i): SessionSpec => ({ ...one, localPort: 50_095 + (i % 5), state: 'reset', closedBy: 'rst-client' }),
      );
    const severity = (fullUntil: number) => {
      const held = Array.from({ length: 95 }, (_, i): SessionSpec => {
        const start = 1 + i * 0.1;
        return {
          remote: '10.2.0.3',
          localPort: 50_000 + i,
          start,
          state: 'reset',
          closedBy: 'rst-client',
          closed: fullUntil,
        };
      });
      const options = { portRange: { first: 50_000, last: 50_099 } };
      return theFinding({ sessions: [...ports(A), ...ports(GOES_ON), ...held], options }, REMOTE_CODE).severity;
    };
    assert.deepEqual([severity(230), severity(290)], ['warning', 'critical']);
  });

  it('rules it out on steady traffic, and not on thin traffic', () => {
    assert.deepEqual(verdicts({ sessions: [...steady('10.2.0.1', 0, 600), ...GOES_ON] }), [
      'remote excluded',
      'host excluded',
    ]);
    assert.deepEqual(verdicts({ sessions: steady('10.2.0.1', 0, 600, 60) }), [
      'remote inconclusive',
      'host inconclusive',
    ]);
  });
});
