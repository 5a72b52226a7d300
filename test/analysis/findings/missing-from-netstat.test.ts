import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SocketRow } from '../../../src/contract/evidence.ts';
import type { SessionSpec } from '../session-builder.ts';
import { snapshot, socketRow, steady, theFinding } from './scene-builder.ts';

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
    const row = (second: number) =>
      socketRow({ localPort: steady('10.2.0.1', 0, 600)[second]!.localPort, state: 'CLOSE_WAIT' });
    // Closed long before, and only just before: the clocks of the host and of the capture may differ by that.
    const found = finding([...listed(all.slice(1)), row(100), row(296)]);
    assert.equal(found.evidence.numbers.heldAfterClose, 1);
  });
});
