/** What the host's own words add: events, lists of sockets, counts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SocketRow, TcpStatistics } from '../../../src/contract/evidence.ts';
import type { SessionSpec } from '../session-builder.ts';
import { at, CLIENT, event, judge, snapshot, socketRow, theFinding } from './scene-builder.ts';

function steady(remote: string, from: number, to: number, every = 1): SessionSpec[] {
  return Array.from({ length: Math.round((to - from) / every) }, (_, i) => ({
    remote,
    localPort: 50_000 + i,
    start: from + i * every,
    closed: from + i * every + 0.1,
  }));
}

const STALLED = [...steady('10.2.0.1', 0, 300), ...steady('10.2.0.2', 0.5, 600)];
const HALF = 'half-closed-sessions';
const LOOPBACK = { address: '127.0.0.1', port: 8510 };

describe('refused-locally', () => {
  const verdict = (seconds: number, parts: Parameters<typeof event>[1], sessions = STALLED) => {
    const events = [event(seconds, { numbers: [10048], ...parts })];
    return theFinding({ sessions, evidence: { events } }, 'refused-locally');
  };
  const named = { endpoints: [{ address: '10.2.0.1', port: 3200 }] };

  it('takes an error without a packet, within a stall of the remote that it names', () => {
    const found = verdict(400, named);
    assert.deepEqual([found.verdict, found.confidence, found.remote], ['supported', 'medium', '10.2.0.1:3200']);
    assert.ok(found.evidence.frames.length > 0);
    const [line] = found.evidence.numbers.minuteBefore as string[];
    assert.match(line!, /\(10048\): 60 attempts, 0 failed, 12\d of 16384 ports taken$/);
  });

  it('is excluded where an attempt was made within a second', () => {
    assert.equal(verdict(200, named).verdict, 'excluded');
    assert.equal(verdict(400, {}).verdict, 'excluded');
    assert.equal(verdict(400, { endpoints: [{ address: '10.2.0.2', port: 3200 }] }).verdict, 'excluded');
    assert.equal(verdict(300, named).verdict, 'excluded');
    assert.equal(verdict(300.2, named).verdict, 'supported');
  });

  it('takes any error in a stall of the whole host', () => {
    const host = [...steady('10.2.0.1', 0, 300), ...steady('10.2.0.2', 0, 300)];
    const found = verdict(400, { numbers: [4231] }, host);
    assert.deepEqual([found.verdict, found.remote], ['supported', null]);
  });

  it('is open without a stall, without events, and for the UDP pool', () => {
    const thin = verdict(400, {}, steady('10.2.0.1', 0, 300, 10));
    assert.equal(thin.verdict, 'inconclusive');
    const early = verdict(-5, { numbers: [4227], zone: 'assumed' });
    assert.equal(early.verdict, 'inconclusive');
    assert.match(early.explanation, /^1 event lies outside the capture, at \S+ \(4227\): /);
    assert.match(early.cannotConclude.join(), /--utc-offset/);
    assert.match(thin.explanation, /^Around \S+ \(.*\) no attempt left the host, /);
    assert.equal(theFinding({ sessions: STALLED }, 'refused-locally').verdict, 'inconclusive');
    assert.equal(verdict(400, { ...named, numbers: [4266] }).verdict, 'inconclusive');
  });

  it('names both causes of 10055, and doubts a time without a zone', () => {
    const found = verdict(400, { ...named, numbers: [10055], zone: 'assumed' });
    assert.match(found.explanation, /two causes: no free port.*non-paged pool/);
    assert.match(found.nextSteps.join(), /poolmon/);
    assert.match(found.cannotConclude.join(), /--utc-offset/);
  });

  it('leaves errors that name loopback to the blind spot', () => {
    const found = verdict(400, { endpoints: [LOOPBACK] });
    assert.equal(found.verdict, 'inconclusive');
  });
});

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

  it('is measured by the host’s own count of connections', () => {
    const count = (seconds: number, activeOpens: number) => ({ ...STATISTICS, time: at(seconds), activeOpens });
    const of = (opens: number) => {
      const statistics = [count(100, 4000), count(500, 4000 + opens)];
      return theFinding({ sessions, evidence: { statistics } }, 'loopback-blind-spot');
    };
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

describe('missing-from-netstat', () => {
  const open = Array.from({ length: 8 }, (_, i) => ({ localPort: 60_000 + i, start: 10 + i, end: 20 + i }));
  const sessions: SessionSpec[] = [...steady('10.2.0.1', 0, 600), ...open];
  const listed = (ports: number[]) => ports.map((localPort) => socketRow({ localPort }));
  const all = open.map(({ localPort }) => localPort);
  const finding = (rows: SocketRow[], seconds: number | null = 300, parts = {}) =>
    theFinding({ sessions, evidence: { snapshots: [snapshot(seconds, rows, parts)] } }, 'missing-from-netstat');

  it('names the sessions that the list lacks', () => {
    const found = finding(listed(all.slice(1)));
    assert.deepEqual([found.verdict, found.confidence, found.evidence.localPorts], ['supported', 'medium', [60_000]]);
    assert.match(found.explanation, /60000 to 10\.2\.0\.1:3200/);
    assert.deepEqual(found.evidence.lines, [{ file: 'netstat.txt', line: 4 }]);
    const many = finding(listed(all.slice(5)));
    assert.deepEqual([many.confidence, many.evidence.localPortsTotal], ['high', 5]);
  });

  it('is certain of one that two lists lack', () => {
    const snapshots = [snapshot(300, listed(all.slice(1))), snapshot(400, listed(all.slice(1)))];
    assert.equal(theFinding({ sessions, evidence: { snapshots } }, 'missing-from-netstat').confidence, 'high');
  });

  it('is excluded where all are listed', () => {
    assert.equal(finding(listed(all)).verdict, 'excluded');
  });

  it('holds nothing against a list that is filtered, of another host, or of another time', () => {
    const one = listed(all.slice(1));
    assert.equal(finding(one, 300, { complete: { ipv4: false, ipv6: true } }).verdict, 'inconclusive');
    assert.equal(finding([socketRow({ localAddress: '10.1.1.99' })]).verdict, 'inconclusive');
    assert.equal(finding(one, 700).verdict, 'inconclusive');
    const later = Array.from({ length: 9 }, (_, i) => socketRow({ localPort: 64_000 + i }));
    assert.equal(finding([...one, ...later], null).verdict, 'inconclusive');
    assert.equal(finding(one, null).verdict, 'supported');
  });

  it('holds nothing against sessions that begin, end or speak around it', () => {
    const around: SessionSpec[] = [
      { localPort: 61_000, start: 299, end: 299.5 },
      { localPort: 61_001, start: 100, closed: 304 },
      { localPort: 61_002, start: 100, closed: 296 },
      { localPort: 61_003, start: 100, end: 350 },
      { localPort: 61_004, start: 100, end: 150, midstream: true },
    ];
    const snapshots = [snapshot(300, listed(all))];
    assert.equal(
      theFinding({ sessions: [...sessions, ...around], evidence: { snapshots } }, 'missing-from-netstat').verdict,
      'excluded',
    );
  });

  it('is left open below grade A', () => {
    const snapshots = [snapshot(300, listed(all.slice(1)))];
    const spec = { sessions, evidence: { snapshots }, capture: { complete: false } };
    assert.equal(theFinding(spec, 'missing-from-netstat').verdict, 'inconclusive');
  });

  it('counts rows of sessions that were closed on the wire', () => {
    const closed = steady('10.2.0.1', 0, 600)[100]!.localPort;
    const found = finding([...listed(all.slice(1)), socketRow({ localPort: closed, state: 'CLOSE_WAIT' })]);
    assert.equal(found.evidence.numbers.heldAfterClose, 1);
  });
});

describe('processes', () => {
  it('are named for the sessions that are never closed, where a list of sockets names them', () => {
    const open = Array.from({ length: 20 }, (_, i) => ({
      localPort: 60_000 + i,
      start: 10 + i * 20,
      end: 11 + i * 20,
    }));
    const rows = open.map(({ localPort }, i) => socketRow({ localPort, pid: i < 15 ? 4711 : 0, process: 'sap.exe' }));
    const spec = { sessions: [...steady('10.2.0.1', 0, 600), ...open], evidence: { snapshots: [snapshot(590, rows)] } };
    const found = theFinding(spec, 'sessions-never-closed');
    assert.deepEqual(found.evidence.numbers.processes, ['PID 4711 sap.exe: 15']);
    assert.match(found.explanation, /belong to PID 4711 sap\.exe: 15; of 5 more the process is not known\./);
  });

  it('are named for half-closed sessions, by the list that showed them first', () => {
    const half: SessionSpec[] = Array.from({ length: 12 }, (_, i) => ({
      localPort: 60_000 + i,
      start: 10 + i * 20,
      closed: 11 + i * 20,
      state: 'half-closed-by-remote',
    }));
    const rows = half.map(({ localPort }, i) =>
      socketRow({ localPort, pid: i < 3 ? 8 : 4711, process: i < 3 ? null : 'sap.exe', state: 'CLOSE_WAIT' }),
    );
    const later = rows.map((row) => ({ ...row, pid: 9 }));
    const snapshots = [snapshot(599, later), snapshot(500, rows)];
    const found = theFinding({ sessions: [...steady('10.2.0.1', 0, 600), ...half], evidence: { snapshots } }, HALF);
    assert.deepEqual(found.evidence.numbers.processes, ['PID 4711 sap.exe: 9', 'PID 8: 3']);
    assert.match(found.explanation, /By the host's list of sockets they belong to PID 4711 sap\.exe: 9, PID 8: 3\./);
  });

  it('are named for the ports that fill the pool', () => {
    const sessions = Array.from({ length: 100 }, (_, i) => ({ localPort: 50_000 + i, start: 1 + i * 0.1, end: 599 }));
    const rows = sessions.map(({ localPort }) => socketRow({ localPort, pid: 4711, process: 'sap.exe' }));
    const options = { portRange: { first: 50_000, last: 50_099 } };
    const found = theFinding({ sessions, options, evidence: { snapshots: [snapshot(300, rows)] } }, 'port-exhaustion');
    assert.equal(found.verdict, 'supported');
    assert.deepEqual(found.evidence.numbers.processes, ['PID 4711 sap.exe: 100']);
    assert.match(found.explanation, /they belong to PID 4711 sap\.exe: 100\./);
  });
});

describe('bound-ports-leaked', () => {
  const sessions = steady('10.2.0.1', 0, 600);
  const bound = (count: number, from = 55_000) =>
    Array.from({ length: count }, (_, i) =>
      socketRow({
        localAddress: '0.0.0.0',
        localPort: from + i,
        remoteAddress: '0.0.0.0',
        remotePort: 0,
        state: 'BOUND',
        line: 10 + i,
        pid: 10_684,
        process: 'app.exe',
      }),
    );
  const finding = (...snapshots: ReturnType<typeof snapshot>[]) =>
    theFinding({ sessions, evidence: { snapshots } }, 'bound-ports-leaked');
  const own = socketRow({ localPort: 50_000 });

  it('takes two lists more than four minutes apart', () => {
    const found = finding(snapshot(100, [own, ...bound(12)]), snapshot(341, [own, ...bound(12)]));
    assert.deepEqual(
      [found.verdict, found.severity, found.confidence, found.client],
      ['supported', 'warning', 'high', CLIENT],
    );
    assert.deepEqual(found.evidence.numbers.byProcess, ['PID 10684 app.exe: 12']);
    assert.deepEqual(found.evidence.lines?.[0], { file: 'netstat.txt', line: 10 });
    assert.equal(finding(snapshot(100, bound(12)), snapshot(340, bound(12))).verdict, 'inconclusive');
    assert.equal(finding(snapshot(100, bound(12))).verdict, 'inconclusive');
  });

  it('is a remark while they are few', () => {
    assert.equal(finding(snapshot(100, bound(9)), snapshot(400, bound(9))).severity, 'info');
  });

  it('does not take the twin of a connection, nor a port that a session used', () => {
    const twins = [...bound(3), ...[0, 1, 2].map((i) => socketRow({ localPort: 55_000 + i }))];
    assert.equal(finding(snapshot(100, twins), snapshot(400, twins)).verdict, 'excluded');
    const used = bound(3, 50_200);
    assert.equal(finding(snapshot(100, [own, ...used]), snapshot(400, [own, ...used])).verdict, 'inconclusive');
  });

  it('concludes nothing from a list that shows no bound ports', () => {
    assert.equal(finding(snapshot(100, [own])).verdict, 'inconclusive');
    assert.equal(finding(snapshot(100, [own], { tool: 'Get-NetTCPConnection' })).verdict, 'excluded');
  });
});
