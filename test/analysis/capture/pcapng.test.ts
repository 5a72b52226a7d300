import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ethernet, ipv4, tcp } from '../../builders/headers.ts';
import { join, text, u32, u64 } from '../../builders/octets.ts';
import {
  block,
  enhancedPacket,
  FIRST_TICKS,
  interfaceDescription,
  interfaceStatistics,
  type Option,
  obsoletePacket,
  sectionHeader,
  simplePacket,
} from '../../builders/pcapng-file.ts';
import { read } from './read.ts';

const DATAGRAM = ipv4({}, tcp({}));
const SYN = ethernet(0x0800, DATAGRAM);

describe('pcapng', () => {
  it('reads sections of either byte order, each with interfaces of its own', () => {
    const section = (little: boolean) => [
      sectionHeader(little),
      interfaceDescription(1, 96, [], little),
      interfaceDescription(101, 0, [], little),
      enhancedPacket({ frame: SYN }, little),
      enhancedPacket({ frame: DATAGRAM, number: 1, ticks: FIRST_TICKS + 1n }, little),
    ];
    const { summary, segments } = read(join(...section(true), ...section(false), ...section(true)));
    assert.deepEqual(
      segments.map(({ frame, time }) => [frame, time]),
      [1, 2, 3, 4, 5, 6].map((frame) => [frame, frame % 2 === 0 ? 1000 : 0]),
    );
    assert.deepEqual(
      summary.interfaces.map(({ linkType, snaplen, packets }) => `${linkType} ${snaplen} ${packets}`),
      ['ETHERNET 96 1', 'RAW 0 1', 'ETHERNET 96 1', 'RAW 0 1', 'ETHERNET 96 1', 'RAW 0 1'],
    );
  });

  const second = 1_700_000_000n;
  const clocks: ReadonlyArray<[name: string, resolution: number, perSecond: bigint]> = [
    ['seconds', 0, 1n],
    ['milliseconds', 3, 1000n],
    ['nanoseconds', 9, 10n ** 9n],
    ['picoseconds', 10, 10n ** 10n],
    ['1/256 s', 0x80 | 8, 256n],
    ['2^-32 s', 0x80 | 32, 2n ** 32n],
  ];
  for (const [name, resolution, perSecond] of clocks) {
    it(`is exact for timestamps in ${name}`, () => {
      const last = second + 86_400n * 100n;
      const ticks = [second * perSecond, second * perSecond + 7n * perSecond + perSecond / 3n, last * perSecond + 1n];
      const packets = ticks.map((count) => enhancedPacket({ frame: SYN, ticks: count }));
      const description = interfaceDescription(1, 0, [[9, Uint8Array.of(resolution)]]);
      const { segments, timeline } = read(join(sectionHeader(), description, ...packets));
      assert.equal(timeline.baseSeconds, Number(second));
      assert.equal(timeline.digits, perSecond > 1_000_000n ? 9 : 6);
      assert.deepEqual(
        segments.map(({ time }) => BigInt(time)),
        ticks.map((count) => ((count - second * perSecond) * 10n ** 9n) / perSecond),
      );
    });
  }

  it('gives interfaces of different clocks one timeline', () => {
    const { segments } = read(
      join(
        sectionHeader(),
        interfaceDescription(),
        interfaceDescription(1, 0, [[9, Uint8Array.of(9)]]),
        interfaceDescription(1, 0, [[14, u64(-3600n, true)]]),
        enhancedPacket({ frame: SYN, ticks: FIRST_TICKS + 500_000n }),
        enhancedPacket({ frame: SYN, number: 1, ticks: FIRST_TICKS * 1000n + 500_000_001n }),
        enhancedPacket({ frame: SYN, number: 2, ticks: FIRST_TICKS + 3_600_600_000n }),
      ),
    );
    assert.deepEqual(
      segments.map(({ time }) => time),
      [500_000_000, 500_000_001, 600_000_000],
    );
  });

  it('counts packets without time and without a lie about it', () => {
    const long = ethernet(0x0800, ipv4({}, tcp({}, new Uint8Array(500))));
    const { summary, segments } = read(
      join(
        sectionHeader(),
        interfaceDescription(1, 96),
        simplePacket(SYN),
        simplePacket(long.subarray(0, 96), long.length),
      ),
    );
    assert.ok(segments.every(({ time }) => Number.isNaN(time)));
    assert.deepEqual(
      segments.map(({ length, wireLength }) => [length, wireLength]),
      [
        [0, SYN.length],
        [500, long.length],
      ],
    );
    assert.deepEqual(summary.oddities, { 'time-missing': 2, snapped: 1 });
    assert.ok(Number.isNaN(summary.firstTime));
  });

  it('knows the losses that packets and statistics tell', () => {
    const drops = (count: bigint): Option[] => [
      [2, u32(1, true)],
      [4, u64(count, true)],
    ];
    const { summary } = read(
      join(
        sectionHeader(),
        interfaceDescription(),
        interfaceDescription(),
        interfaceDescription(),
        interfaceDescription(),
        enhancedPacket({ frame: SYN, options: drops(2n) }),
        enhancedPacket({ frame: SYN, options: drops(3n) }),
        obsoletePacket({ frame: SYN, number: 1 }, 4),
        obsoletePacket({ frame: SYN, number: 1 }, 0xffff),
        interfaceStatistics(2, [[5, u64(1n, true)]]),
        interfaceStatistics(2, [
          [4, u64(100n, true)],
          [5, u64(10n, true)],
          [7, u64(20n, true)],
        ]),
        interfaceStatistics(0, [[5, u64(4n, true)]]),
      ),
    );
    assert.deepEqual(
      summary.interfaces.map(({ dropped }) => dropped),
      [5, 4, 30, null],
    );
    assert.equal(summary.dropped, 39);
    assert.equal(summary.synPackets, 4);
  });

  it('passes over blocks that it does not know, and reads options it knows among others', () => {
    const filter = join([0], text('tcp port 3200'));
    const { summary } = read(
      join(
        sectionHeader(true, [[1, text('a comment')]]),
        block(10, new Uint8Array(33)),
        interfaceDescription(1, 0, [
          [2, text('eth0')],
          [11, filter],
        ]),
        block(0x80000001, new Uint8Array(20)),
        block(0xbad, new Uint8Array(8)),
        enhancedPacket({ frame: SYN, options: [[1, text('PID=4')]] }),
      ),
    );
    assert.equal(summary.interfaces[0]!.filter, 'tcp port 3200');
    assert.deepEqual([summary.packets, summary.synPackets, summary.complete], [1, 1, true]);
  });

  it('reads the blocks of early drafts, whose length leaves the padding out', () => {
    const odd = join(SYN, [0]);
    const body = join(u32(0, true), u32(0, true), u32(0, true), u32(odd.length, true), u32(odd.length, true), odd);
    const unaligned = block(6, body, true, 12 + body.length);
    const { summary } = read(join(sectionHeader(), interfaceDescription(), unaligned, enhancedPacket({ frame: SYN })));
    assert.deepEqual([summary.packets, summary.complete], [2, true]);
  });

  it('names the link types it cannot read, and reads the others', () => {
    const { summary } = read(
      join(
        sectionHeader(),
        interfaceDescription(201),
        interfaceDescription(1),
        enhancedPacket({ frame: SYN }),
        enhancedPacket({ frame: SYN, number: 1 }),
      ),
    );
    assert.deepEqual(
      summary.interfaces.map(({ linkType, supported, packets }) => [linkType, supported, packets]),
      [
        ['BLUETOOTH_HCI_H4_WITH_PHDR', false, 1],
        ['ETHERNET', true, 1],
      ],
    );
    assert.deepEqual(summary.oddities, { 'link-type-unsupported': 1 });
    assert.equal(summary.error, null);
  });
});
