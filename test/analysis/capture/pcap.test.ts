import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ethernet, ipv4, tcp } from '../../builders/headers.ts';
import { FIRST_SECOND, pcap } from '../../builders/pcap-file.ts';
import { read } from './read.ts';

const SYN = ethernet(0x0800, ipv4({}, tcp({ flags: 0x02 })));
const SYN_ACK = ethernet(0x0800, ipv4({}, tcp({ flags: 0x12 })));
const FIN = ethernet(0x0800, ipv4({}, tcp({ flags: 0x11 })));
const RST = ethernet(0x0800, ipv4({}, tcp({ flags: 0x14 })));
const ARP = ethernet(0x0806, new Uint8Array(28));

describe('pcap', () => {
  for (const little of [false, true]) {
    for (const nanoseconds of [false, true]) {
      it(`reads ${little ? 'little' : 'big'}-endian files in ${nanoseconds ? 'nanoseconds' : 'microseconds'}`, () => {
        const frames = [SYN, SYN_ACK, ARP, FIN, RST].map((frame, index) => ({ frame, fraction: index * 3 + 1 }));
        const { summary, segments, timeline } = read(pcap({ little, nanoseconds, snaplen: 96 }, frames));
        const unit = nanoseconds ? 1 : 1000;
        assert.equal(timeline.baseSeconds, FIRST_SECOND);
        assert.equal(timeline.digits, nanoseconds ? 9 : 6);
        assert.deepEqual(
          segments.map(({ frame, time }) => [frame, time]),
          [1, 2, 4, 5].map((frame) => [frame, (frame - 1) * 1e9 + ((frame - 1) * 3 + 1) * unit]),
        );
        assert.deepEqual(summary, {
          format: 'pcap',
          interfaces: [
            {
              linkType: 'ETHERNET',
              linkTypeNumber: 1,
              supported: true,
              snaplen: 96,
              filter: null,
              packets: 5,
              dropped: null,
            },
          ],
          packets: 5,
          firstTime: unit,
          lastTime: 4e9 + 13 * unit,
          complete: true,
          error: null,
          tcpSegments: 4,
          synPackets: 1,
          synAckPackets: 1,
          finPackets: 1,
          rstPackets: 1,
          oddities: {},
          dropped: null,
          localTimes: false,
          processes: [],
        });
      });
    }
  }

  it('takes the link type from the low half of its field', () => {
    assert.equal(read(pcap({ linkType: 0xf400_0001 }, [{ frame: SYN }])).summary.synPackets, 1);
  });

  it('reads the two lengths of files before version 2.3 the other way round, of version 2.3 either way', () => {
    const exchanged = { frame: SYN, capturedLength: 500, wireLength: SYN.length };
    for (const minorVersion of [2, 3]) {
      const { segments } = read(pcap({ minorVersion }, [exchanged, exchanged]));
      assert.deepEqual(
        segments.map(({ wireLength }) => wireLength),
        [500, 500],
      );
    }
    const plain = { frame: SYN, wireLength: 500 };
    assert.equal(read(pcap({ minorVersion: 3 }, [plain, plain])).summary.synPackets, 2);
  });

  it('reads modified pcap, whose record headers hold eight octets more', () => {
    const file = pcap({ magic: 0xa1b2cd34, recordExtra: 8 }, [{ frame: SYN }, { frame: SYN_ACK, fraction: 5 }]);
    const { segments, summary } = read(file);
    assert.deepEqual(
      segments.map(({ flags, time }) => [flags, time]),
      [
        [0x02, 0],
        [0x12, 1e9 + 5000],
      ],
    );
    assert.equal(summary.complete, true);
  });

  it("reads Ixia's captures, whose file header holds four octets more", () => {
    for (const [magic, unit] of [
      [0x1c0001ac, 1],
      [0x1c0001ab, 1000],
    ] as const) {
      const { segments } = read(pcap({ magic, headerExtra: 4 }, [{ frame: SYN, fraction: 5 }]));
      assert.deepEqual([segments.length, segments[0]!.time], [1, 5 * unit]);
    }
  });

  it("reads AIX's captures, in nanoseconds and with numbers of their own for links", () => {
    const record = { frame: SYN, capturedLength: 500, wireLength: SYN.length, fraction: 5 };
    const { segments, summary, timeline } = read(pcap({ little: false, minorVersion: 2, linkType: 6 }, [record]));
    assert.deepEqual([segments[0]!.time, timeline.digits], [5, 9]);
    assert.equal(summary.interfaces[0]!.linkType, 'ETHERNET');
  });

  it('tells the earliest and the latest time, and how often the clock went back', () => {
    const times = [10, 30, 20, 25, 5, 12].map((seconds) => ({ frame: ARP, seconds: FIRST_SECOND + seconds }));
    const { summary } = read(pcap({}, times));
    assert.deepEqual([summary.firstTime, summary.lastTime], [-5e9, 20e9]);
    assert.deepEqual(summary.oddities, { 'time-backwards': 2, 'clock-step': 2 });
    const little = read(
      pcap({}, [
        { frame: ARP, fraction: 9, seconds: 9 },
        { frame: ARP, seconds: 9 },
      ]),
    );
    assert.deepEqual(little.summary.oddities, { 'time-backwards': 1 });
  });

  it('counts snapped records, those that claim more than was on the wire, and impossible fractions', () => {
    const { summary } = read(
      pcap({}, [
        { frame: SYN, wireLength: 1500 },
        { frame: SYN, wireLength: 20 },
        { frame: SYN, fraction: 1_000_000 },
      ]),
    );
    assert.deepEqual(summary.oddities, { snapped: 1, 'captured-beyond-wire': 1, 'time-fraction-invalid': 1 });
    assert.equal(summary.synPackets, 3);
  });

  it('reads a file without records', () => {
    const { summary } = read(pcap({}, []));
    assert.deepEqual([summary.packets, summary.complete, summary.error], [0, true, null]);
    assert.ok(Number.isNaN(summary.firstTime) && Number.isNaN(summary.lastTime));
  });
});
