import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ethernet, ipv4, tcp, v4, v6 } from '../../builders/headers.ts';
import { netmon, START_UNIX_MILLISECONDS } from '../../builders/netmon-file.ts';
import { join, u16, u32 } from '../../builders/octets.ts';
import { read } from './read.ts';

const DATAGRAM = ipv4({}, tcp({}));
const SYN = ethernet(0x0800, DATAGRAM);
const START_SECONDS = Math.floor(START_UNIX_MILLISECONDS / 1000);
/** A FILETIME of the start. */
const START_FILETIME = BigInt(START_UNIX_MILLISECONDS) * 10_000n + 116_444_736_000_000_000n;
const FIRST = 7_000_000;

describe('Network Monitor', () => {
  it('2.0 gives frames with the microseconds since the local start', () => {
    const { summary, segments, timeline } = read(netmon({}, [{ frame: SYN }, { frame: SYN, delta: 1_000_001n }]), [50]);
    assert.equal(timeline.baseSeconds, START_SECONDS);
    assert.deepEqual(
      segments.map(({ frame, time }) => [frame, time]),
      [
        [1, FIRST],
        [2, FIRST + 1_000_001_000],
      ],
    );
    assert.deepEqual([summary.format, summary.complete, summary.localTimes], ['netmon', true, true]);
  });

  it('takes a delta that is negative once multiplied for a frame before the start', () => {
    const delta = BigInt.asUintN(64, -6n) / 10n;
    const { segments } = read(netmon({}, [{ frame: SYN, delta }]));
    assert.equal(segments[0]!.time, FIRST - 600);
  });

  it('1.x gives frames with milliseconds', () => {
    const { segments, summary } = read(netmon({ major: 1, minor: 1 }, [{ frame: SYN, delta: 3n, wireLength: 900 }]));
    assert.deepEqual([segments[0]!.time, segments[0]!.wireLength], [FIRST + 3_000_000, 900]);
    assert.equal(summary.localTimes, true);
  });

  it('2.1 has a network for each frame', () => {
    const radio = join([2], u16(32, true), new Uint8Array(29));
    const wireless = join(
      radio,
      u16(0x0108, true),
      new Uint8Array(22),
      [0xaa, 0xaa, 3, 0, 0, 0],
      u16(0x0800),
      DATAGRAM,
    );
    const { summary, segments } = read(
      netmon({ minor: 1 }, [
        { frame: SYN, network: 1 },
        { frame: SYN, network: 0 },
        { frame: DATAGRAM, network: 9 },
        { frame: wireless, network: 6 },
        { frame: join(u32(2, true), DATAGRAM), network: 0xe000 },
        { frame: new Uint8Array(40), network: 0xffe0 },
        { frame: new Uint8Array(40), network: 0xfffe },
      ]),
    );
    assert.equal(segments.length, 5);
    assert.deepEqual(
      summary.interfaces.map(({ linkType, supported, packets }) => [linkType, supported, packets]),
      [
        ['ETHERNET', true, 1],
        ['ETHERNET', true, 1],
        ['RAW', true, 1],
        ['NETMON_802_11', true, 1],
        ['NULL', true, 1],
        ['NETMON_FFE0', false, 1],
      ],
    );
    assert.equal(summary.packets, 6, 'lists of names are no frames');
  });

  it('2.3 has a UTC time for each frame, and processes with their connections', () => {
    const processes = [
      {
        pid: 4711,
        path: 'C:\\usr\\sap\\disp+work.exe',
        localPort: 50_003,
        remotePort: 3200,
        localAddress: v4('10.0.0.1'),
        remoteAddress: v4('10.0.0.2'),
      },
      {
        pid: 8,
        path: 'x',
        localPort: 50_004,
        remotePort: 3300,
        localAddress: v6('2001:db8::1'),
        remoteAddress: v6('2001:db8::2'),
      },
    ];
    const { summary, segments, timeline } = read(
      netmon({ minor: 3, processes }, [{ frame: SYN, delta: 99n, fileTime: START_FILETIME + 1n }]),
    );
    assert.deepEqual([segments[0]!.time, timeline.baseSeconds], [FIRST + 100, START_SECONDS]);
    assert.equal(summary.localTimes, false);
    assert.deepEqual(
      summary.processes,
      processes.map((process, index) => ({
        ...process,
        localAddress: ['10.0.0.1', '2001:db8::1'][index],
        remoteAddress: ['10.0.0.2', '2001:db8::2'][index],
      })),
    );
  });

  it('follows the frame table over holes in the file', () => {
    const { summary } = read(netmon({ hole: 13 }, [{ frame: SYN }, { frame: SYN }, { frame: SYN }]));
    assert.deepEqual([summary.synPackets, summary.complete], [3, true]);
  });

  it('without its table, cut off, gives the frames that are there', () => {
    const whole = netmon({ minor: 2 }, [{ frame: SYN }, { frame: SYN }, { frame: SYN }]);
    const { summary } = read(whole.subarray(0, whole.length - 10), [64]);
    assert.deepEqual([summary.error?.code, summary.packets, summary.complete], ['record-cut', 3, false]);
    const inside = read(whole.subarray(0, 128 + 2 * (16 + SYN.length + 6) + 20));
    assert.deepEqual([inside.summary.error?.code, inside.summary.packets], ['record-cut', 2]);
  });

  it('stops at a frame that cannot be', () => {
    const file = netmon({}, [{ frame: SYN }, { frame: SYN }]);
    file.set(u32(262_145, true), 128 + 12);
    const { summary } = read(file);
    assert.equal(summary.error?.code, 'record-length-invalid');
    assert.match(summary.error.message, /262145 octets.*262144/);
    assert.deepEqual([summary.error.offset, summary.packets], [128, 0]);
  });

  it('gives frames from before 1970 no time', () => {
    const { summary, segments } = read(netmon({ minor: 3 }, [{ frame: SYN, fileTime: 5n }]));
    assert.equal(summary.error?.code, 'timestamp-out-of-range');
    assert.ok(Number.isNaN(segments[0]!.time) && summary.complete);
  });
});
