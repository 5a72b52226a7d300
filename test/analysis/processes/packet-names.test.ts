import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EvidenceFacts } from '../../../src/contract/evidence.ts';
import { readEvidence } from '../../../src/evidence/evidence.ts';
import { text } from '../../builders/octets.ts';
import { FIRST_TICKS } from '../../builders/pcapng-file.ts';
import { etl2pcapng, ptcpdump } from '../../builders/process-options.ts';
import { netstat, type SampleRow } from '../../evidence/samples.ts';
import { analysed, type Connection, captured, command, pidOf, told } from './captured.ts';

function listed(seconds: number, localPort: number, pid: number, name: string): EvidenceFacts {
  const time = new Date(Number(FIRST_TICKS / 1000n) + seconds * 1000).toISOString();
  const row: SampleRow = {
    local: `10.1.1.10:${localPort}`,
    remote: '10.2.0.1:3200',
    state: 'ESTABLISHED',
    pid,
    owner: [` [${name}]`],
  };
  return readEvidence('netstat.txt', text(`${time}\r\n${netstat('english', [row], true)}`));
}

describe('processes of a capture by etl2pcapng', () => {
  const connections: Connection[] = [
    { localPort: 50_001, start: 0, options: pidOf(4711) },
    { localPort: 50_002, start: 1, closed: 2, options: pidOf(4711) },
    // An interrupt in the context of System, of idle, of strangers; the program sends the SYN and the request.
    {
      localPort: 50_003,
      start: 3,
      closed: 4,
      options: (towards, packet) => etl2pcapng([4711, 0, 9000, 4711, 4, 9001, 9002, 0, 9003][packet]!, towards),
    },
    { localPort: 50_004, start: 5, options: pidOf(4) },
  ];

  it('are of low confidence, and none where System or idle ran', () => {
    const { pid, report } = analysed([captured(connections)]);
    assert.deepEqual([...pid], [4711, 4711, 4711, Number.NaN]);
    assert.deepEqual(told(report), ['4711 null etl2pcapng low 3/1 10.1.1.10']);
  });

  it("give way to the host's own list, which makes the process sure", () => {
    const { pid, report } = analysed([captured(connections)], listed(0.5, 50_001, 4712, 'sap.exe'));
    assert.deepEqual([...pid], [4712, 4711, 4711, Number.NaN]);
    assert.deepEqual(told(report), [
      '4711 null etl2pcapng low 2/0 10.1.1.10',
      '4712 sap.exe netstat high 1/1 10.1.1.10',
    ]);
    assert.deepEqual(told(analysed([captured(connections)], listed(0.5, 50_001, 4711, 'sap.exe')).report), [
      '4711 sap.exe netstat high 3/1 10.1.1.10',
    ]);
  });
});

describe('processes of a capture by ptcpdump', () => {
  it('are sure, by name', () => {
    const connections: Connection[] = [
      { localPort: 50_001, start: 0, options: command(7, '/usr/bin/curl') },
      { localPort: 50_002, start: 1, options: command(8, '/usr/bin/java') },
      { localPort: 50_003, start: 2, closed: 3, options: command(8, '/usr/bin/java') },
    ];
    const { pid, report } = analysed([captured(connections)]);
    assert.deepEqual([...pid], [7, 8, 8]);
    assert.deepEqual(told(report), [
      '8 /usr/bin/java ptcpdump high 2/1 10.1.1.10',
      '7 /usr/bin/curl ptcpdump high 1/1 10.1.1.10',
    ]);
  });

  it('are apart where an id came back under another name', () => {
    const connections = ['/bin/a', '/bin/b', '/bin/a'].map((name, index) => ({
      localPort: 50_001 + index,
      start: index,
      options: command(7, name),
    }));
    assert.deepEqual(told(analysed([captured(connections)]).report), [
      '7 /bin/a ptcpdump high 2/2 10.1.1.10',
      '7 /bin/b ptcpdump high 1/1 10.1.1.10',
    ]);
  });

  it('are less sure where the packets of a session disagree', () => {
    const options: Connection['options'] = (towards, packet) => ptcpdump(packet === 2 ? 8 : 7, 'x', towards);
    const { pid, report } = analysed([captured([{ localPort: 50_001, start: 0, options }])]);
    assert.deepEqual([...pid], [7]);
    assert.deepEqual(told(report), ['7 x ptcpdump medium 1/1 10.1.1.10']);
  });

  it("are not the remote's, where the capture was taken there", () => {
    const { pid, report } = analysed([
      captured([{ localPort: 50_001, start: 0, options: command(7, 'sshd'), atRemote: true }]),
    ]);
    assert.deepEqual([[...pid], told(report)], [[Number.NaN], []]);
  });

  it('keep their name and gain no other where a list calls them by another', () => {
    const file = captured([{ localPort: 50_001, start: 0, options: command(7, '/usr/bin/python3.11') }]);
    assert.deepEqual(told(analysed([file], listed(1, 50_001, 7, 'gunicorn')).report), [
      '7 /usr/bin/python3.11 ptcpdump high 1/1 10.1.1.10',
    ]);
  });
});
