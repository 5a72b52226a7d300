import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NetmonProcess, netmon } from '../../builders/netmon-file.ts';
import { analysed, type Connection, framesOf, octetsOf, told } from './captured.ts';

describe('processes of a Network Monitor capture', () => {
  const entry = (pid: number, localPort: number, parts: Partial<Record<'local' | 'remote', string>> = {}) =>
    ({
      pid,
      path: pid === 9 ? '' : `C:\\${pid}.exe`,
      localPort,
      remotePort: 3200,
      localAddress: octetsOf(parts.local ?? '10.1.1.10'),
      remoteAddress: octetsOf(parts.remote ?? '10.2.0.1'),
    }) satisfies NetmonProcess;
  const sessions = (connections: readonly Connection[], processes: readonly NetmonProcess[]) =>
    analysed([
      netmon(
        { minor: 2, processes },
        framesOf(connections).map((frame, index) => ({ frame, delta: BigInt(index * 1000) })),
      ),
    ]);

  it('are those of its table, by four-tuple', () => {
    const connections: Connection[] = [
      { localPort: 50_001, start: 0, closed: 1 },
      { localPort: 50_001, start: 2 },
      { localPort: 50_002, start: 3 },
      { localPort: 50_003, start: 4 },
      { localPort: 50_004, start: 5 },
      { client: '2001:db8::1', localPort: 50_005, start: 6 },
    ];
    const { pid, report } = sessions(connections, [
      entry(7, 50_001),
      entry(9, 50_002),
      // The host is the remote of this one.
      { ...entry(8, 3200, { local: '10.2.0.1', remote: '10.1.1.10' }), remotePort: 50_003 },
      entry(0, 50_004),
      entry(7, 50_005, { local: '2001:db8::1', remote: '2001:db8::2' }),
    ]);
    assert.deepEqual([...pid], [7, 7, 9, Number.NaN, Number.NaN, 7]);
    assert.deepEqual(told(report), [
      '7 C:\\7.exe netmon high 3/2 10.1.1.10,2001:db8::1',
      '9 null netmon high 1/1 10.1.1.10',
    ]);
  });

  it('are not known of a four-tuple that two processes had', () => {
    const { pid } = sessions([{ localPort: 50_001, start: 0 }], [entry(7, 50_001), entry(8, 50_001)]);
    assert.deepEqual([...pid], [Number.NaN]);
    const again = sessions([{ localPort: 50_001, start: 0 }], [entry(7, 50_001), entry(7, 50_001)]);
    assert.deepEqual([...again.pid], [7]);
  });
});
