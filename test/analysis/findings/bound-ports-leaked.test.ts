import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLIENT, snapshot, socketRow, steady, theFinding } from './scene-builder.ts';

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
    assert.equal(finding(snapshot(100, bound(10)), snapshot(400, bound(10))).severity, 'warning');
  });

  it('is critical from half of the pool on', () => {
    const severity = (count: number) => {
      const snapshots = [100, 400].map((seconds) => snapshot(seconds, [own, ...bound(count, 50_010)]));
      const options = { portRange: { first: 50_000, last: 50_023 } };
      return theFinding({ sessions: sessions.slice(0, 5), options, evidence: { snapshots } }, 'bound-ports-leaked')
        .severity;
    };
    assert.deepEqual([severity(12), severity(11)], ['critical', 'warning']);
  });

  it('does not take the twin of a connection, nor a port that a session used', () => {
    const twins = [...bound(3), ...[0, 1, 2].map((i) => socketRow({ localPort: 55_000 + i }))];
    assert.equal(finding(snapshot(100, twins), snapshot(400, twins)).verdict, 'excluded');
    // Used and given back before the first list.
    const free = bound(3, 50_002);
    assert.equal(finding(snapshot(200, [own, ...free]), snapshot(500, [own, ...free])).verdict, 'supported');
    const used = bound(3, 50_200);
    assert.equal(finding(snapshot(100, [own, ...used]), snapshot(400, [own, ...used])).verdict, 'inconclusive');
  });

  it('concludes nothing from a list that shows no bound ports', () => {
    assert.equal(finding(snapshot(100, [own])).verdict, 'inconclusive');
    assert.equal(finding(snapshot(100, [own], { tool: 'Get-NetTCPConnection' })).verdict, 'excluded');
  });
});
