import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TcpStatistics } from '../../../src/contract/evidence.ts';
import { at, CLIENT, event, judge, snapshot, socketRow, steady, theFinding } from './scene-builder.ts';

const LOOPBACK = { address: '127.0.0.1', port: 8510 };

const STATISTICS: Omit<TcpStatistics, 'time' | 'activeOpens'> = {
  file: 'stats.txt',
  line: 1,
  zone: 'stated',
  ipVersion: 4,
  passiveOpens: null,
  failedAttempts: null,
  resetConnections: null,
  currentConnections: null,
  segmentsReceived: null,
  segmentsSent: null,
  segmentsRetransmitted: null,
};

describe('loopback-blind-spot', () => {
  const sessions = steady('10.2.0.1', 0, 600);

  it('is supported by an error that names a loopback endpoint', () => {
    const place = { file: 'events.xml', line: 7 };
    const events = [event(100, { numbers: [10048], endpoints: [LOOPBACK], place })];
    const { findings, summary } = judge({ sessions, evidence: { events } }, 'loopback-blind-spot');
    assert.deepEqual(
      [findings[0]!.verdict, findings[0]!.severity, findings[0]!.client],
      ['supported', 'warning', CLIENT],
    );
    assert.deepEqual(findings[0]!.evidence.lines, [place]);
    assert.match(findings[0]!.nextSteps.join('\n'), /-RemoteAddress 127\.0\.0\.1 -RemotePort 8510/);
    assert.equal(summary.code, 'loopback-blind-spot');
    assert.match(findings[0]!.explanation, /^1 error \(at /);
  });

  it('counts loopback rows, and is a remark while they are few', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        socketRow({ localAddress: '127.0.0.1', localPort: 50_000 + i, remoteAddress: '127.0.0.1', remotePort: 8510 }),
      );
    const of = (count: number) => {
      const accepted = socketRow({
        localAddress: '127.0.0.1',
        localPort: 8510,
        remoteAddress: '127.0.0.1',
        remotePort: 50_000,
      });
      const snapshots = [snapshot(500, [...rows(count), accepted])];
      return theFinding(
        { sessions, options: { portRange: { first: 50_000, last: 50_999 } }, evidence: { snapshots } },
        'loopback-blind-spot',
      );
    };
    assert.deepEqual([of(99).severity, of(100).severity], ['info', 'warning']);
    assert.deepEqual(of(100).evidence.numbers.byRemotePort, ['127.0.0.1:8510: 100']);
    assert.deepEqual(of(100).evidence.numbers.byProcess, ['PID 4711: 100']);
  });

  it('names a remote of IPv6 with its address in brackets', () => {
    const row = socketRow({ localAddress: '::1', localPort: 50_000, remoteAddress: '::1', remotePort: 8510 });
    const found = theFinding({ sessions, evidence: { snapshots: [snapshot(500, [row])] } }, 'loopback-blind-spot');
    assert.deepEqual(found.evidence.numbers.byRemotePort, ['[::1]:8510: 1']);
  });

  it('is measured by the host’s own count of connections', () => {
    const count = (seconds: number, activeOpens: number) => ({ ...STATISTICS, time: at(seconds), activeOpens });
    const of = (opens: number) => {
      const statistics = [count(100, 4000), count(500, 4000 + opens)];
      return theFinding({ sessions, evidence: { statistics } }, 'loopback-blind-spot');
    };
    const ofVersion6 = [count(100, 4000), { ...count(500, 5000), ipVersion: 6 as const }];
    assert.equal(
      theFinding({ sessions, evidence: { statistics: ofVersion6 } }, 'loopback-blind-spot').verdict,
      'inconclusive',
    );
    const share = (every: number) => {
      const seen = steady('10.2.0.1', 0, 600, every);
      const statistics = [count(100, 4000), count(500, 4000 + 400 / every + 100)];
      return theFinding({ sessions: seen, evidence: { statistics } }, 'loopback-blind-spot').verdict;
    };
    assert.deepEqual([share(0.5), share(0.4)], ['supported', 'inconclusive'], 'more than a tenth of those seen');
    assert.equal(of(499).verdict, 'inconclusive');
    assert.deepEqual([of(500).verdict, of(500).evidence.numbers.attemptsSeen], ['supported', 400]);
  });

  it('is excluded where loopback was captured', () => {
    const events = [event(100, { numbers: [10048], endpoints: [LOOPBACK] })];
    const local = { client: '127.0.0.1', remote: '127.0.0.1', localPort: 50_000, start: 1, closed: 2 };
    assert.equal(
      theFinding({ sessions: [...sessions, local], evidence: { events } }, 'loopback-blind-spot').verdict,
      'excluded',
    );
    const interfaces = [
      { linkType: 'NULL', linkTypeNumber: 0, supported: true, snaplen: 0, filter: null, packets: 0, dropped: 0 },
    ];
    assert.equal(
      theFinding({ sessions, evidence: { events }, capture: { interfaces } }, 'loopback-blind-spot').verdict,
      'excluded',
    );
  });

  it('is always open otherwise', () => {
    assert.equal(theFinding({ sessions }, 'loopback-blind-spot').verdict, 'inconclusive');
  });
});
