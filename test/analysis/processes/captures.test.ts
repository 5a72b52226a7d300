/** From the octets of captures to `pid`, `processes` and the findings. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import type { EvidenceFacts } from '../../../src/contract/evidence.ts';
import type { Report } from '../../../src/contract/report.ts';
import { readEvidence } from '../../../src/evidence/evidence.ts';
import { type NetmonProcess, netmon } from '../../builders/netmon-file.ts';
import { text } from '../../builders/octets.ts';
import { FIRST_TICKS } from '../../builders/pcapng-file.ts';
import { apple, etl2pcapng, processBlock, ptcpdump } from '../../builders/process-options.ts';
import { netstat, type SampleRow } from '../../evidence/samples.ts';
import { analysed, type Connection, captured, framesOf, octetsOf } from './captured.ts';

const FOLDER = process.env.PUBLIC_CAPTURES;

const pidOf =
  (pid: number): Connection['options'] =>
  (towards) =>
    etl2pcapng(pid, towards);
const command =
  (pid: number, name: string): Connection['options'] =>
  (towards) =>
    ptcpdump(pid, name, towards);

/** `pid name source confidence attempts/open clients` of each process of the report. */
function told({ processes }: Report): string[] {
  return processes.map(
    ({ pid, name, source, confidence, attempts, openSessions, clients }) =>
      `${pid} ${name} ${source} ${confidence} ${attempts}/${openSessions} ${clients.join(',')}`,
  );
}

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

describe('findings', () => {
  const leak = (options: Connection['options']) =>
    [
      ...Array.from({ length: 200 }, (_, i) => ({ localPort: 50_000 + i, start: i * 3, closed: i * 3 + 1, options })),
      ...Array.from({ length: 20 }, (_, i) => ({
        localPort: 60_000 + i,
        start: i * 25,
        options: i < 18 ? options : undefined,
      })),
    ] as Connection[];

  it('name the process that never closes its sessions, and who says so', () => {
    const { report } = analysed([captured(leak(command(7, '/usr/bin/java')))]);
    const found = report.findings.find(({ code }) => code === 'sessions-never-closed')!;
    assert.equal(found.verdict, 'supported');
    const numbers = found.evidence.numbers as { neverClosed: number; processes: string[] };
    assert.ok(numbers.neverClosed >= 15);
    assert.match(numbers.processes.join(), /^PID 7 \/usr\/bin\/java: 1\d$/);
    assert.match(
      found.explanation,
      /By the capture itself \(ptcpdump\) they belong to PID 7 \/usr\/bin\/java: 1\d[.;]/,
    );
  });

  it('say that it may be another where etl2pcapng names it', () => {
    const { report } = analysed([captured(leak(pidOf(4711)))]);
    const found = report.findings.find(({ code }) => code === 'sessions-never-closed')!;
    assert.match(
      found.explanation,
      /By the capture itself \(etl2pcapng\) they may belong to PID 4711: 1\d; a packet is logged with whichever process runs just then/,
    );
  });
});

describe('processes of public captures', { skip: FOLDER === undefined ? 'PUBLIC_CAPTURES is not set' : false }, () => {
  const expected: Readonly<Record<string, string[]>> = {
    '040': ['554 packetdrill pktap high 1/0 192.168.0.1'],
    '058': ['122868 /usr/bin/curl ptcpdump high 1/0 10.0.2.15'],
    '050': [],
    '075': [],
  };
  for (const [number, processes] of Object.entries(expected)) {
    it(`${number}: ${processes.length === 0 ? 'none' : processes[0]}`, () => {
      const name = readdirSync(FOLDER!).find((file) => file.startsWith(number))!;
      const { report } = analysed([readFileSync(joinPath(FOLDER!, name))]);
      assert.deepEqual(told(report), processes);
    });
  }
});
