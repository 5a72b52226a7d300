/** Frames from the link inwards, and the segment that comes out of each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Oddity } from '../../../src/analysis/packet/oddities.ts';
import { ethernet, ipv4, ipv6, tcp, udp, v4, v6, vlanTag } from '../../builders/headers.ts';
import { join, u16, u32 } from '../../builders/octets.ts';
import { type BuiltRecord, pcap } from '../../builders/pcap-file.ts';
import { type ReadSegment, read } from '../capture/read.ts';

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const PLAIN = ethernet(IPV4, ipv4({}, tcp({})));

function readFrame(frame: Uint8Array, linkType = 1, more: Partial<BuiltRecord> = {}) {
  return read(pcap({ linkType }, [{ frame, ...more }]));
}

function segmentOf(frame: Uint8Array, linkType = 1, more: Partial<BuiltRecord> = {}): ReadSegment {
  const { segments, summary } = readFrame(frame, linkType, more);
  assert.equal(segments.length, 1, JSON.stringify(summary.oddities));
  return segments[0]!;
}

/** The frame counts as a packet, gives no segment, and says why. */
function assertOdd(frame: Uint8Array, oddity: Oddity | null, linkType = 1): void {
  const { segments, summary } = readFrame(frame, linkType);
  assert.equal(segments.length, 0);
  assert.equal(summary.packets, 1);
  assert.deepEqual(summary.oddities, oddity === null ? {} : { [oddity]: 1 });
}

function endpoints({ source, sourcePort, destination, destinationPort }: ReadSegment): string {
  return `${source}:${sourcePort} > ${destination}:${destinationPort}`;
}

describe('a plain frame', () => {
  const fields = {
    sourcePort: 50_003,
    destinationPort: 3200,
    seq: 0xfffffff0,
    ack: 0x80000001,
    flags: 0x18,
    window: 512,
    process: 0,
  };

  it('gives every field of its segment', () => {
    const payload = new Uint8Array(100);
    const frame = ethernet(IPV4, ipv4({ source: '192.0.2.1', identification: 77 }, tcp(fields, payload)));
    assert.deepEqual(segmentOf(frame), {
      frame: 1,
      time: 0,
      source: '192.0.2.1',
      destination: '10.0.0.2',
      ...fields,
      length: 100,
      identity: 77,
      wireLength: frame.length,
    });
  });

  it('means the same to the short path as to the decoders', () => {
    const options = Uint8Array.of(2, 4, 5, 180, 1, 1, 4, 2);
    const segment = tcp({ ...fields, options }, new Uint8Array(7));
    const datagram = ipv4({ identification: 9 }, segment);
    const byDecoders = segmentOf(datagram, 101);
    const byShortPath = segmentOf(ethernet(IPV4, datagram));
    assert.deepEqual({ ...byShortPath, wireLength: 0 }, { ...byDecoders, wireLength: 0 });
  });

  it('counts from the octet of its flags on', () => {
    for (let captured = 0; captured <= PLAIN.length; captured++) {
      const record = { frame: PLAIN.subarray(0, captured), wireLength: PLAIN.length };
      const { summary } = read(pcap({}, [record]));
      assert.equal(summary.synPackets, captured >= 14 + 20 + 14 ? 1 : 0, `${captured} octets captured`);
    }
  });

  it('tells the payload that was on the wire, whatever the snap length kept', () => {
    const frame = ethernet(IPV4, ipv4({}, tcp({}, new Uint8Array(1000))));
    assert.equal(segmentOf(frame.subarray(0, 60), 1, { wireLength: frame.length }).length, 1000);
    assert.equal(segmentOf(frame.subarray(0, 50), 1, { wireLength: frame.length }).length, 1000);
  });

  it('counts no padding as payload', () => {
    assert.equal(segmentOf(join(PLAIN, new Uint8Array(6))).length, 0);
  });
});

describe('links', () => {
  const datagram = ipv4({}, tcp({}));
  const datagram6 = ipv6({}, tcp({}));

  it('strips any stack of VLAN tags', () => {
    const tagged = vlanTag(5, 0x8100, vlanTag(6, 0x9100, vlanTag(7, IPV4, datagram)));
    assert.equal(endpoints(segmentOf(ethernet(0x88a8, tagged))), '10.0.0.1:50000 > 10.0.0.2:3200');
    let deep = vlanTag(1, IPV4, datagram);
    for (let depth = 0; depth < 100; depth++) deep = vlanTag(1, 0x8100, deep);
    segmentOf(ethernet(0x8100, deep));
  });

  it('reads Linux cooked captures, both versions', () => {
    segmentOf(join(u16(0), u16(1), u16(6), new Uint8Array(8), u16(IPV4), datagram), 113);
    segmentOf(join(u16(IPV6), u16(0), u32(2), u16(1), [0, 6], new Uint8Array(8), datagram6), 276);
  });

  it('reads IP without a link header by its version', () => {
    for (const linkType of [12, 14, 101]) {
      segmentOf(datagram, linkType);
      segmentOf(datagram6, linkType);
    }
    segmentOf(datagram, 228);
    segmentOf(datagram6, 229);
    assertOdd(Uint8Array.of(0x50, 0, 0), 'ip-header-invalid', 101);
    assertOdd(datagram6, 'ip-header-invalid', 228);
  });

  it('reads loopback captures of every system, in either byte order', () => {
    for (const little of [false, true]) segmentOf(join(u32(2, little), datagram), 0);
    for (const family of [10, 23, 24, 28, 30]) segmentOf(join(u32(family, true), datagram6), 0);
    segmentOf(join(u32(2), datagram), 108);
    assertOdd(join(u32(7, true), datagram), null, 0);
  });

  it('passes over what is no IP', () => {
    assertOdd(ethernet(0x0806, new Uint8Array(28)), null);
    assertOdd(ethernet(IPV4, ipv4({ protocol: 17 }, udp(53, new Uint8Array(20)))), null);
    assertOdd(new Uint8Array(13), 'link-header-cut');
    assertOdd(ethernet(0x8100, new Uint8Array(3)), 'link-header-cut');
  });
});

describe('IPv4', () => {
  const route = (kind: number, pointer: number) => join([1, kind, 11, pointer], v4('10.0.0.7'), v4('198.51.100.9'));

  it('skips options', () => {
    assert.equal(segmentOf(ethernet(IPV4, ipv4({ options: Uint8Array.of(148, 4, 0, 0) }, tcp({})))).flags, 2);
  });

  it('takes the last address of a source route for the remote until the route is used up', () => {
    for (const kind of [131, 137]) {
      const on = ethernet(IPV4, ipv4({ options: route(kind, 4) }, tcp({})));
      assert.equal(segmentOf(on).destination, '198.51.100.9');
      const over = ethernet(IPV4, ipv4({ options: route(kind, 12) }, tcp({})));
      assert.equal(segmentOf(over).destination, '10.0.0.2');
    }
  });

  it('counts a first fragment and none behind it', () => {
    const first = ethernet(IPV4, ipv4({ moreFragments: true }, tcp({}, new Uint8Array(12))));
    assert.equal(segmentOf(first).length, 12);
    assertOdd(ethernet(IPV4, ipv4({ fragmentOffset: 8 }, tcp({}))), 'ip-fragment');
  });

  it('takes the length of the frame where the total length was left to the network card', () => {
    const frame = ethernet(IPV4, ipv4({ totalLength: 0 }, tcp({}, new Uint8Array(3000))));
    const { segments, summary } = readFrame(frame.subarray(0, 100), 1, { wireLength: frame.length });
    assert.equal(segments[0]!.length, 3000);
    assert.equal(summary.oddities['ip-length-zero'], 1);
  });

  it('believes no impossible header', () => {
    assertOdd(ethernet(IPV4, ipv4({ totalLength: 19 }, tcp({}))), 'ip-header-invalid');
    assertOdd(ethernet(IPV4, join([0x44], ipv4({}, tcp({})).subarray(1))), 'ip-header-invalid');
    assertOdd(ethernet(IPV4, join([0x65], ipv4({}, tcp({})).subarray(1))), 'ip-header-invalid');
    assertOdd(ethernet(IPV4, ipv4({ totalLength: 33 }, tcp({}))), 'tcp-header-cut');
    assertOdd(ethernet(IPV4, ipv4({}, tcp({ dataOffset: 4 }))), 'tcp-header-invalid');
    assertOdd(ethernet(IPV4, ipv4({ options: new Uint8Array(40) }, tcp({})).subarray(0, 59)), 'ip-header-cut');
  });

  it('counts no TCP header that ICMP quotes', () => {
    const quoted = join([3, 4, 0, 0, 0, 0, 0, 0], ipv4({}, tcp({})));
    assertOdd(ethernet(IPV4, ipv4({ protocol: 1 }, quoted)), null);
    assertOdd(ethernet(IPV6, ipv6({ nextHeader: 58 }, join([2, 0, 0, 0, 0, 0, 0, 0], ipv6({}, tcp({}))))), null);
  });

  it('tells copies of a packet without identification by its TCP options', () => {
    const identity = (stamp: number) => {
      const options = join([1, 1, 8, 10], u32(stamp), u32(0));
      return segmentOf(ethernet(IPV4, ipv4({ identification: 0 }, tcp({ options })))).identity;
    };
    assert.equal(identity(1), identity(1));
    assert.notEqual(identity(1), identity(2));
  });
});

describe('IPv6', () => {
  const source = '2001:db8::5';
  const extension = (next: number, octets: number) => join([next, octets / 8 - 1], new Uint8Array(octets - 2));

  it('walks through every extension header', () => {
    const chain = join(
      extension(60, 8),
      extension(43, 24),
      join([44, 0, 0, 0], v6('::'), [0, 0, 0, 0]).subarray(0, 8),
      join([51, 0, 0, 1], u32(7)),
      join([60, 4, 0, 0], u32(1), u32(2), new Uint8Array(12)),
      extension(6, 16),
      tcp({}, new Uint8Array(5)),
    );
    const segment = segmentOf(ethernet(IPV6, ipv6({ source, nextHeader: 0 }, chain)));
    assert.equal(endpoints(segment), '2001:db8::5:50000 > 2001:db8::2:3200');
    assert.equal(segment.length, 5);
  });

  it('takes the end of a route for the remote while segments are left', () => {
    const routing = (type: number, left: number) =>
      join([6, 4, type, left, 0, 0, 0, 0], v6('2001:db8::a'), v6('2001:db8::b'), tcp({}));
    const remote = (type: number, left: number) =>
      segmentOf(ethernet(IPV6, ipv6({ nextHeader: 43 }, routing(type, left)))).destination;
    assert.equal(remote(0, 2), '2001:db8::b');
    assert.equal(remote(4, 1), '2001:db8::a');
    assert.equal(remote(0, 0), '2001:db8::2');
    assert.equal(remote(3, 1), '2001:db8::2');
  });

  it('counts a first fragment and none behind it', () => {
    const fragment = (offset: number) => join([6, 0], u16(offset | 1), u32(1), tcp({}));
    segmentOf(ethernet(IPV6, ipv6({ nextHeader: 44 }, fragment(0))));
    assertOdd(ethernet(IPV6, ipv6({ nextHeader: 44 }, fragment(8))), 'ip-fragment');
  });

  it('takes the length of the frame where the payload length is 0', () => {
    const frame = ethernet(IPV6, ipv6({ payloadLength: 0 }, tcp({}, new Uint8Array(70_000))));
    assert.equal(segmentOf(frame).length, 70_000);
  });

  it('says where a header was cut', () => {
    const frame = ethernet(IPV6, ipv6({ nextHeader: 0 }, join(extension(6, 8), tcp({}))));
    assertOdd(frame.subarray(0, 53), 'ip-header-cut');
    assertOdd(frame.subarray(0, 55), 'ip-header-cut');
    assertOdd(frame.subarray(0, 58), 'tcp-header-cut');
    assertOdd(ethernet(IPV6, join([0x40], ipv6({}, tcp({})).subarray(1))), 'ip-header-invalid');
  });
});

describe('authentication headers', () => {
  it('are passed over in IPv4, too', () => {
    const header = join([6, 4, 0, 0], u32(1), u32(2), new Uint8Array(12));
    assert.equal(segmentOf(ethernet(IPV4, ipv4({ protocol: 51 }, join(header, tcp({}, new Uint8Array(3)))))).length, 3);
  });
});
