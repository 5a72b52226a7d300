import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionSpec } from '../session-builder.ts';
import { snapshot, socketRow, steady, theFinding } from './scene-builder.ts';

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
    const found = theFinding(
      { sessions: [...steady('10.2.0.1', 0, 600), ...half], evidence: { snapshots } },
      'half-closed-sessions',
    );
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
