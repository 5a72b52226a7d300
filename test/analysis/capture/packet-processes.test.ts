/** Whose packet it is, as each tool writes it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, it } from 'node:test';
import { join, text } from '../../builders/octets.ts';
import { pcap } from '../../builders/pcap-file.ts';
import { block, enhancedPacket, interfaceDescription, type Option, sectionHeader } from '../../builders/pcapng-file.ts';
import { PKTAP_IN, PKTAP_OUT, type Pktap, pktapV1, pktapV2 } from '../../builders/pktap.ts';
import { apple, etl2pcapng, processBlock, ptcpdump } from '../../builders/process-options.ts';
import { SYN, section, told } from './packet-processes.ts';
import { read } from './read.ts';

describe('the process of a packet, by the tools of macOS', () => {
  const name = (value: string): Option => [2, text(value)];
  const path = (value: string): Option => [3, text(value)];

  it('is a block of its section, in either byte order', () => {
    const one = (little: boolean, first: number) => [
      ...[processBlock(first, [name('one')], little), processBlock(first + 1, [path('/bin/two')], little)],
      enhancedPacket({ frame: SYN, options: apple(1, null, 'out', little) }, little),
      processBlock(first + 2, [path('/bin/three'), name('three')], little),
      enhancedPacket({ frame: SYN, options: apple(2, null, 'in', little) }, little),
      enhancedPacket({ frame: SYN, options: apple(0, null, 'out', little) }, little),
    ];
    const file = join(section(true, one(true, 100)), section(false, one(false, 200)), section(true, one(true, 300)));
    const expected = [100, 200, 300].flatMap((first) => [
      `sender ${first + 1} pktap /bin/two`,
      `receiver ${first + 2} pktap three`,
      `sender ${first} pktap one`,
    ]);
    for (const chunks of [[], [1], [7, 100]]) assert.deepEqual(told(read(file, chunks)), expected);
  });

  it('is the one on whose behalf it was sent where the socket has none', () => {
    const blocks = [processBlock(0, [name('kernel_task')]), processBlock(5, []), processBlock(6, [name('six')])];
    const packets = [apple(1, 2, 'out'), apple(0, 2, 'out'), apple(null, 2, 'in'), apple(0, null, 'out')];
    const each = packets.map((options) => enhancedPacket({ frame: SYN, options }));
    assert.deepEqual(told(read(section(true, [...blocks, ...each]))), [
      'sender 5 pktap',
      'sender 6 pktap six',
      'receiver 6 pktap six',
      'none',
    ]);
  });

  it('is nobody where the block is missing, of the section before, or too short', () => {
    const packet = (index: number) => enhancedPacket({ frame: SYN, options: apple(index, null, 'out') });
    const short = block(0x8000_0001, new Uint8Array(0));
    const first = [processBlock(5, [name('five')]), packet(1), packet(0xffff_ffff)];
    const second = [packet(0), short, packet(0), processBlock(6, []), packet(1)];
    assert.deepEqual(told(read(join(section(true, first), section(true, second)))), [
      ...['none', 'none', 'none', 'none'],
      'sender 6 pktap',
    ]);
  });

  for (const [version, header] of [
    ['1', pktapV1],
    ['2', pktapV2],
  ] as const) {
    it(`is in the header of PKTAP, version ${version}`, () => {
      const fields: Pktap[] = [
        { flags: PKTAP_OUT, pid: 4711, name: 'Mail' },
        { flags: PKTAP_IN, pid: 4711, name: 'Mail', effectivePid: 9, effectiveName: 'other' },
        { flags: PKTAP_OUT, effectivePid: 9, effectiveName: 'other' },
        { flags: PKTAP_OUT, pid: 0, effectivePid: 10 },
        { flags: PKTAP_OUT },
        { pid: 4711, name: 'Mail' },
        { flags: PKTAP_OUT, pid: 12, name: '0123456789abcdef' },
      ];
      const file = pcap(
        { linkType: 258 },
        fields.map((field) => ({ frame: header(field, SYN) })),
      );
      assert.deepEqual(told(read(file)), [
        'sender 4711 pktap Mail',
        'receiver 4711 pktap Mail',
        'sender 9 pktap other',
        'sender 10 pktap',
        'none',
        'none',
        'sender 12 pktap 0123456789abcdef',
      ]);
    });
  }

  it('has no name where PKTAP says that one stands beyond its header', () => {
    const frame = pktapV2({ flags: PKTAP_OUT, pid: 4711, name: 'Mail' }, SYN);
    frame[4] = 250;
    assert.deepEqual(told(read(pcap({ linkType: 258 }, [{ frame }]))), ['sender 4711 pktap']);
  });

  it('of PKTAP in pcapng is not taken for the one of the packet behind it', () => {
    const file = join(
      sectionHeader(),
      interfaceDescription(258),
      interfaceDescription(),
      enhancedPacket({ frame: pktapV1({ flags: PKTAP_OUT, pid: 4711 }, SYN) }),
      enhancedPacket({ frame: SYN, number: 1 }),
    );
    assert.deepEqual(told(read(file)), ['sender 4711 pktap', 'none']);
  });
});

function tshark(file: Uint8Array, fields: readonly string[]): string[][] {
  const folder = mkdtempSync(joinPath(tmpdir(), 'processes-'));
  try {
    const path = joinPath(folder, 'file');
    writeFileSync(path, file);
    const wanted = fields.flatMap((field) => ['-e', field]);
    const output = execFileSync('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'occurrence=f', ...wanted], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hasTshark(): boolean {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('the process of a packet, by tshark', { skip: hasTshark() ? false : 'tshark is not installed' }, () => {
  it('finds the same comments and directions in the same files', () => {
    for (const little of [true, false]) {
      const packets = [
        etl2pcapng(4711, 'out', little),
        ptcpdump(4712, '/bin/x', 'in', little),
        apple(0, null, 'out', little),
      ];
      const blocks = packets.map((options) => enhancedPacket({ frame: SYN, options }, little));
      const file = section(little, [processBlock(5, [[2, text('five')]], little), ...blocks]);
      const rows = tshark(file, ['frame.packet_flags_direction', 'tcp.dstport', 'frame.comment']);
      assert.deepEqual(
        rows.map(([flags, port, words]) => [Number(flags), port, words?.slice(0, 14) ?? '']),
        [
          [2, '3200', 'PID=4711 TID=4'],
          [1, '3200', 'PID: 4712\\nCmd'],
          [2, '3200', ''],
        ],
      );
    }
  });

  it('finds the same process in PKTAP', () => {
    const fields: Pktap = { flags: PKTAP_OUT, pid: 4711, name: 'Mail', effectivePid: 12, effectiveName: 'other' };
    const file = pcap({ linkType: 258 }, [{ frame: pktapV1(fields, SYN) }]);
    const names = ['pktap.pid', 'pktap.cmdname', 'pktap.epid', 'pktap.ecmdname', 'pktap.flags'];
    const [row] = tshark(file, names);
    assert.deepEqual(row!.slice(0, 4), ['4711', 'Mail', '12', 'other']);
    assert.equal(Number(row![4]), PKTAP_OUT);
  });
});
