import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { text } from '../../builders/octets.ts';
import { apple, processBlock } from '../../builders/process-options.ts';
import { analysed, type Connection, captured, command, told } from './captured.ts';

describe('processes of several captures', () => {
  const mail = (start: number, client: string): Connection => ({
    client,
    localPort: 50_001,
    start,
    options: (towards) => apple(0, null, towards),
  });
  const block = (pid: number, name: string) => processBlock(pid, [[2, text(name)]]);

  it('are one where the captures are of one host', () => {
    const files = [
      captured([mail(0, '10.1.1.10'), mail(1, '2001:db8::1')], [block(7, 'mail')]),
      captured([mail(10, '10.1.1.10')], [block(9, 'other')]),
      captured([mail(20, '2001:db8::1')], [block(7, 'mail')]),
    ];
    const { pid, report } = analysed(files);
    assert.deepEqual([...pid], [7, 9, 7, 7], 'client by client');
    assert.deepEqual(told(report), ['7 mail pktap high 3/1 10.1.1.10,2001:db8::1', '9 other pktap high 1/1 10.1.1.10']);
  });

  it('are two where the captures are of two hosts that have the same id', () => {
    const files = ['10.1.1.10', '10.1.1.20'].map((client) => captured([mail(0, client)], [block(7, 'mail')]));
    assert.deepEqual(told(analysed(files).report), [
      '7 mail pktap high 1/1 10.1.1.10',
      '7 mail pktap high 1/1 10.1.1.20',
    ]);
  });

  it('are named by the one that was taken on the host, though a mirror saw each packet first', () => {
    const mirror = captured([{ localPort: 50_001, start: 0 }]);
    const host = captured([{ localPort: 50_001, start: 0, options: command(7, 'x') }]);
    const { pid, report } = analysed([mirror, host]);
    assert.equal(report.totals.sessions, 1);
    assert.deepEqual([...pid], [7]);
  });

  it('of a session that goes on in the next file are those of both', () => {
    const session: Connection = { localPort: 50_001, start: 0, closed: 30, options: command(7, 'x') };
    const whole = captured([session]);
    const half = captured([{ localPort: 50_001, start: 0, options: command(7, 'x') }]);
    const header = captured([]).length;
    const rest = Uint8Array.from([...whole.subarray(0, header), ...whole.subarray(half.length)]);
    const { pid, report } = analysed([half, rest]);
    assert.deepEqual([[...pid], told(report)], [[7], ['7 x ptcpdump high 1/0 10.1.1.10']]);
  });
});
