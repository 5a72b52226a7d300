/** The short paths for plain frames find what the decoders find. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ethernet, ipv4, ipv6, tcp, vlanTag } from '../../builders/headers.ts';
import { join, u16 } from '../../builders/octets.ts';
import { pcap } from '../../builders/pcap-file.ts';
import { read } from '../capture/read.ts';

/** Links whose frames may take a short path, and one, a PPI header, that takes none; with the length of each header. */
function underLinks(
  etherType: number,
  datagram: Uint8Array,
): Array<[linkType: number, frame: Uint8Array, header: number]> {
  const cooked = join(new Uint8Array(14), u16(etherType), datagram);
  return [
    [192, join([0, 0, 8, 0, 113, 0, 0, 0], cooked), 24],
    [1, ethernet(etherType, datagram), 14],
    [1, ethernet(0x8100, vlanTag(7, etherType, datagram)), 18],
    [113, cooked, 16],
    [276, join(u16(etherType), new Uint8Array(18), datagram), 20],
    [101, datagram, 0],
  ];
}

/** What comes out under each link, less what the link itself is; `cut` octets at the end are not captured. */
function everyWay(etherType: number, datagram: Uint8Array, cut: number) {
  return underLinks(etherType, datagram).map(([linkType, frame, header]) => {
    const captured = frame.subarray(0, Math.max(header, frame.length - cut));
    const { summary, segments } = read(pcap({ linkType }, [{ frame: captured, wireLength: frame.length }]));
    const { interfaces: _, ...rest } = summary;
    return { ...rest, segments: segments.map((segment) => ({ ...segment, wireLength: segment.wireLength - header })) };
  });
}

/** Raw IP has no EtherType to differ from the version, and comes last. */
const RAW = 4;

const octets = fc.uint8Array({ maxLength: 40 });
const segment = fc.record({
  sourcePort: fc.nat(65_535),
  destinationPort: fc.nat(65_535),
  seq: fc.nat(2 ** 32 - 1),
  ack: fc.nat(2 ** 32 - 1),
  flags: fc.nat(255),
  window: fc.nat(65_535),
  options: fc.nat(10).chain((words) => fc.uint8Array({ minLength: words * 4, maxLength: words * 4 })),
});
const changes = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 });
const cut = fc.oneof(fc.constant(0), fc.nat(60));

function changed(datagram: Uint8Array, list: ReadonlyArray<readonly [number, number]>): Uint8Array {
  const result = Uint8Array.from(datagram);
  for (const [at, value] of list) if (at < result.length) result[at] = value;
  return result;
}

describe('plain frames', () => {
  it('of IPv4 mean the same on both paths', () => {
    fc.assert(
      fc.property(segment, octets, fc.nat(65_535), changes, cut, (fields, payload, identification, list, captured) => {
        const datagram = changed(ipv4({ identification }, tcp(fields, payload)), list);
        const [long, ...short] = everyWay(0x0800, datagram, captured);
        for (const outcome of short.slice(0, RAW)) assert.deepEqual(outcome, long);
        if (datagram[0]! >>> 4 === 4) assert.deepEqual(short[RAW], long);
      }),
      { numRuns: 1000 },
    );
  });

  it('of IPv6 mean the same on both paths', () => {
    fc.assert(
      fc.property(segment, octets, changes, cut, (fields, payload, list, captured) => {
        const datagram = changed(ipv6({}, tcp(fields, payload)), list);
        const [long, ...short] = everyWay(0x86dd, datagram, captured);
        for (const outcome of short.slice(0, RAW)) assert.deepEqual(outcome, long);
        if (datagram[0]! >>> 4 === 6) assert.deepEqual(short[RAW], long);
      }),
      { numRuns: 1000 },
    );
  });
});
