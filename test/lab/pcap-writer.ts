import { type Segment, type SegmentSink, SYN } from '../../src/analysis/segment/segment.ts';
import type { Timeline } from '../../src/analysis/segment/timeline.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_HEADER = 14;
const IP_HEADER = 20;
const TCP_HEADER = 20;
const MSS_OPTION = 4;
const MAGIC_MICROSECONDS = 0xa1b2c3d4;
const LINKTYPE_ETHERNET = 1;
/** Version 4 and a header of five words; don't fragment; 64 hops. */
const IP_VERSION_AND_TOS = 0x4500;
const IP_DONT_FRAGMENT = 0x4000;
const IP_HOPS_AND_TCP = 0x4006;
const TCP = 6;
const MSS_1460 = 0x020405b4;

/**
 * Writes segments as a classic pcap file (little endian, microseconds, Ethernet, IPv4, TCP with right checksums; payload
 * is zeros) and gives it away in chunks, which are valid during the call only.
 */
export class PcapWriter implements SegmentSink {
  readonly #take: (chunk: Uint8Array) => void;
  readonly #timeline: Timeline;
  readonly #snaplen: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(take: (chunk: Uint8Array) => void, timeline: Timeline, snaplen = 65535, chunkBytes = 1 << 20) {
    this.#take = take;
    this.#timeline = timeline;
    this.#snaplen = snaplen;
    this.#bytes = new Uint8Array(chunkBytes + RECORD_HEADER + snaplen);
    this.#view = new DataView(this.#bytes.buffer);
    this.#fileHeader();
  }

  accept(segment: Segment): void {
    const options = segment.flags & SYN ? MSS_OPTION : 0;
    const wire = ETHERNET_HEADER + IP_HEADER + TCP_HEADER + options + segment.length;
    const kept = Math.min(wire, this.#snaplen);
    if (this.#at + RECORD_HEADER + wire > this.#bytes.length) this.#flush();
    this.#record(segment, kept, wire);
    const start = this.#at + RECORD_HEADER;
    // Headers are written whole, and what lies behind `kept` is overwritten by the next record.
    this.#bytes.fill(0, start, start + Math.max(kept, ETHERNET_HEADER + IP_HEADER + TCP_HEADER + MSS_OPTION));
    this.#ethernet(segment, start);
    this.#ip(segment, start + ETHERNET_HEADER, IP_HEADER + TCP_HEADER + options + segment.length);
    this.#tcp(segment, start + ETHERNET_HEADER + IP_HEADER, options);
    this.#at += RECORD_HEADER + kept;
  }

  /** Gives the rest away. */
  end(): void {
    this.#flush();
  }

  #flush(): void {
    this.#take(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  #fileHeader(): void {
    this.#view.setUint32(0, MAGIC_MICROSECONDS, true);
    this.#view.setUint16(4, 2, true);
    this.#view.setUint16(6, 4, true);
    this.#view.setUint32(16, this.#snaplen, true);
    this.#view.setUint32(20, LINKTYPE_ETHERNET, true);
    this.#at = FILE_HEADER;
  }

  #record(segment: Segment, kept: number, wire: number): void {
    const microseconds = Math.round(segment.time / 1000);
    const seconds = Math.floor(microseconds / 1e6);
    this.#view.setUint32(this.#at, this.#timeline.baseSeconds + seconds, true);
    this.#view.setUint32(this.#at + 4, microseconds - seconds * 1e6, true);
    this.#view.setUint32(this.#at + 8, kept, true);
    this.#view.setUint32(this.#at + 12, wire, true);
  }

  /** Locally administered addresses made of the IPv4 ones. */
  #ethernet(segment: Segment, at: number): void {
    this.#view.setUint16(at, 0x0200);
    this.#view.setUint32(at + 2, segment.destination);
    this.#view.setUint16(at + 6, 0x0200);
    this.#view.setUint32(at + 8, segment.source);
    this.#view.setUint16(at + 12, 0x0800);
  }

  #ip(segment: Segment, at: number, length: number): void {
    this.#view.setUint16(at, IP_VERSION_AND_TOS);
    this.#view.setUint16(at + 2, length);
    this.#view.setUint16(at + 4, segment.identity);
    this.#view.setUint16(at + 6, IP_DONT_FRAGMENT);
    this.#view.setUint16(at + 8, IP_HOPS_AND_TCP);
    this.#view.setUint32(at + 12, segment.source);
    this.#view.setUint32(at + 16, segment.destination);
    this.#view.setUint16(at + 10, this.#checksum(at, IP_HEADER, 0));
  }

  #tcp(segment: Segment, at: number, options: number): void {
    this.#view.setUint16(at, segment.sourcePort);
    this.#view.setUint16(at + 2, segment.destinationPort);
    this.#view.setUint32(at + 4, segment.seq);
    this.#view.setUint32(at + 8, segment.ack);
    this.#view.setUint8(at + 12, ((TCP_HEADER + options) / 4) << 4);
    this.#view.setUint8(at + 13, segment.flags);
    this.#view.setUint16(at + 14, segment.window);
    if (options > 0) this.#view.setUint32(at + 20, MSS_1460);
    const pseudo = words(segment.source) + words(segment.destination) + TCP + TCP_HEADER + options + segment.length;
    // Payload of zeros adds nothing to the sum.
    this.#view.setUint16(at + 16, this.#checksum(at, TCP_HEADER + options, pseudo));
  }

  /** RFC 1071: the complement of the ones' complement sum of 16-bit words. */
  #checksum(at: number, length: number, start: number): number {
    let sum = start;
    for (let offset = 0; offset < length; offset += 2) sum += this.#view.getUint16(at + offset);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    return ~sum & 0xffff;
  }
}

function words(address: number): number {
  return (address >>> 16) + (address & 0xffff);
}
