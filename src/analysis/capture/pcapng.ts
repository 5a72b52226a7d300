import { TIME_MISSING, TIME_OUT_OF_RANGE } from '../packet/oddities.ts';
import type { CaptureProcesses } from '../segment/capture-processes.ts';
import { MAX_UNIX_SECONDS } from '../segment/timeline.ts';
import { PacketOptions } from './packet-options.ts';
import { describeInterface, MIN_DESCRIPTION, MIN_STATISTICS, type PcapngInterface } from './pcapng-interface.ts';
import { MAX_CAPTURED, RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';

/** Block types, draft-ietf-opsawg-pcapng section 4; the section header's reads the same in both byte orders. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;
/** Apple's libpcap, pcap/pcap-ng.h. */
const PROCESS_INFORMATION = 0x8000_0001;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BYTE_ORDER_AT = 8;
const MAJOR_VERSION_AT = 12;
const MIN_SECTION_HEADER = 28;

/** Type, length, and the length again at the end. */
const MIN_BLOCK = 12;
/** libpcap's and Wireshark's own ceiling; the longest packet and its options fit many times over. */
const MAX_BLOCK = 16 * 2 ** 20;

/** Enhanced and obsolete packet blocks differ only in their first eight octets. */
const PACKET_TIME_AT = 12;
const PACKET_CAPTURED_AT = 20;
const PACKET_WIRE_AT = 24;
const PACKET_AT = 28;
const MIN_PACKET = PACKET_AT + 4;
/** An option's code and length. */
const MIN_OPTIONS = 4;
const PB_DROPS_AT = 10;
const PB_DROPS_UNKNOWN = 0xffff;

const SPB_WIRE_AT = 8;
const SPB_PACKET_AT = 12;
const MIN_SIMPLE_PACKET = SPB_PACKET_AT + 4;

/** pcapng: sections of either byte order, any number of interfaces in each; blocks that are not known are passed over. */
export class PcapngSource extends RecordSource {
  readonly format = 'pcapng';
  readonly #tally: RecordTally;
  #little = false;
  /** Of the present section, by their number in it. */
  #interfaces: PcapngInterface[] = [];
  readonly #options: PacketOptions;

  constructor(tally: RecordTally, processes: CaptureProcesses) {
    super();
    this.#tally = tally;
    this.#options = new PacketOptions(processes);
    this.needed = MIN_BLOCK;
  }

  read(view: DataView, from: number, end: number): number {
    let offset = from;
    while (end - offset >= MIN_BLOCK) {
      const type = view.getUint32(offset, this.#little);
      if (type === SECTION_HEADER && !this.#byteOrder(view, offset)) return offset;
      const stated = view.getUint32(offset + 4, this.#little);
      if (stated < MIN_BLOCK || stated > MAX_BLOCK) return this.#badLength(offset, stated, MIN_BLOCK);
      // Writers of early drafts left the padding out of the length.
      const length = (stated + 3) & ~3;
      if (offset + length > end) {
        this.needed = length;
        return offset;
      }
      const trailer = view.getUint32(offset + length - 4, this.#little);
      if (trailer !== stated) return this.#badTrailer(offset, stated, trailer);
      if (!this.#block(view, type, offset, offset + length - 4)) return offset;
      offset += length;
    }
    this.needed = MIN_BLOCK;
    return offset;
  }

  /** `end` is the offset of the block's trailer. Answers whether the file can be read on. */
  #block(view: DataView, type: number, at: number, end: number): boolean {
    switch (type) {
      case ENHANCED_PACKET:
        return this.#packet(view, at, end, view.getUint32(at + 8, this.#little), true);
      case OBSOLETE_PACKET:
        return this.#packet(view, at, end, view.getUint16(at + 8, this.#little), false);
      case SIMPLE_PACKET:
        return this.#simplePacket(view, at, end);
      case INTERFACE_DESCRIPTION:
        return this.#description(view, at, end);
      case INTERFACE_STATISTICS:
        return this.#statistics(view, at, end);
      case SECTION_HEADER:
        return this.#section(view, at, end);
      case PROCESS_INFORMATION:
        this.#options.processBlock(view, at, end, this.#little);
        return true;
      default:
        return true;
    }
  }

  /** Sets the byte order of the section that begins at `at`; it holds for the block's own length already. */
  #byteOrder(view: DataView, at: number): boolean {
    this.#little = view.getUint32(at + BYTE_ORDER_AT, true) === BYTE_ORDER_MAGIC;
    const magic = view.getUint32(at + BYTE_ORDER_AT);
    if (this.#little || magic === BYTE_ORDER_MAGIC) return true;
    const message = `the section header at ${this.origin + at} has the byte-order magic ${hex(magic)}, not ${hex(BYTE_ORDER_MAGIC)}`;
    return this.fail('section-header-invalid', this.origin + at, message);
  }

  #section(view: DataView, at: number, end: number): boolean {
    if (end - at < MIN_SECTION_HEADER - 4) return this.#tooShort(at, end, MIN_SECTION_HEADER);
    const version = view.getUint16(at + MAJOR_VERSION_AT, this.#little);
    this.#interfaces = [];
    this.#options.beginSection();
    if (version === 1) return true;
    const message = `the section at ${this.origin + at} is of pcapng version ${version}; version 1 is read here`;
    return this.fail('section-header-invalid', this.origin + at, message);
  }

  #description(view: DataView, at: number, end: number): boolean {
    if (end + 4 - at < MIN_DESCRIPTION) return this.#tooShort(at, end, MIN_DESCRIPTION);
    const described = describeInterface(view, at, end, this.#little, this.#tally.timeline);
    this.#interfaces.push(described);
    this.interfaces.push(described);
    return true;
  }

  #statistics(view: DataView, at: number, end: number): boolean {
    if (end + 4 - at < MIN_STATISTICS) return this.#tooShort(at, end, MIN_STATISTICS);
    this.#interfaces[view.getUint32(at + 8, this.#little)]?.statistics(view, at, end, this.#little);
    return true;
  }

  #packet(view: DataView, at: number, end: number, number: number, enhanced: boolean): boolean {
    if (end + 4 - at < MIN_PACKET) return this.#tooShort(at, end, MIN_PACKET);
    const little = this.#little;
    const origin = this.#interfaces[number];
    if (origin === undefined) return this.#undescribed(at, number);
    const captured = view.getUint32(at + PACKET_CAPTURED_AT, little);
    const start = at + PACKET_AT;
    if (captured > MAX_CAPTURED || start + captured > end) return this.#badCaptured(at, captured, end - start);
    const high = view.getUint32(at + PACKET_TIME_AT, little);
    const low = view.getUint32(at + PACKET_TIME_AT + 4, little);
    const { segment } = this.#tally;
    segment.time = origin.clock.time(high, low);
    if (Number.isNaN(segment.time)) this.#badTime(at, origin, high, low);
    segment.wireLength = view.getUint32(at + PACKET_WIRE_AT, little);
    segment.process = 0;
    if (!enhanced) this.#lossField(view.getUint16(at + PB_DROPS_AT, little), origin);
    else if (end - start - captured >= MIN_OPTIONS) this.#readOptions(view, start + ((captured + 3) & ~3), end, origin);
    this.#tally.record(view, start, start + captured, origin);
    return true;
  }

  /** A packet without time and interface: it is the first interface's, and the snap length cut it. */
  #simplePacket(view: DataView, at: number, end: number): boolean {
    if (end + 4 - at < MIN_SIMPLE_PACKET) return this.#tooShort(at, end, MIN_SIMPLE_PACKET);
    const origin = this.#interfaces[0];
    if (origin === undefined) return this.#undescribed(at, 0);
    const { segment } = this.#tally;
    const wire = view.getUint32(at + SPB_WIRE_AT, this.#little);
    const start = at + SPB_PACKET_AT;
    const limit = origin.snaplen === 0 ? wire : Math.min(wire, origin.snaplen);
    segment.time = Number.NaN;
    segment.process = 0;
    this.#tally.oddities[TIME_MISSING]!++;
    segment.wireLength = wire;
    this.#tally.record(view, start, Math.min(start + limit, end), origin);
    return true;
  }

  #readOptions(view: DataView, from: number, to: number, origin: PcapngInterface): void {
    const options = this.#options;
    options.read(view, from, to, this.#little);
    if (options.dropped >= 0) origin.lost(options.dropped);
    this.#tally.segment.process = options.process;
  }

  #lossField(drops: number, origin: PcapngInterface): void {
    if (drops !== PB_DROPS_UNKNOWN) origin.lost(drops);
  }

  #badTime(at: number, origin: PcapngInterface, high: number, low: number): void {
    this.#tally.oddities[TIME_OUT_OF_RANGE]!++;
    const seconds = origin.clock.unixSeconds(high, low);
    const message = `the packet at ${this.origin + at} has the Unix time ${seconds} s; times from 0 to ${MAX_UNIX_SECONDS} s can be told`;
    this.note('timestamp-out-of-range', this.origin + at, message);
  }

  #badCaptured(at: number, captured: number, room: number): boolean {
    const most = Math.min(room, MAX_CAPTURED);
    const message = `the packet at ${this.origin + at} says that it holds ${captured} octets; its block can hold ${most}`;
    return this.fail('record-length-invalid', this.origin + at, message);
  }

  #undescribed(at: number, number: number): boolean {
    const message = `the packet at ${this.origin + at} is of interface ${number}; the section describes ${this.#interfaces.length}`;
    return this.fail('interface-undescribed', this.origin + at, message);
  }

  #badLength(at: number, length: number, least: number): number {
    const message = `the block at ${this.origin + at} has the length ${length}; from ${least} to ${MAX_BLOCK} are possible`;
    this.fail('block-length-invalid', this.origin + at, message);
    return at;
  }

  #tooShort(at: number, end: number, least: number): boolean {
    this.#badLength(at, end + 4 - at, least);
    return false;
  }

  #badTrailer(at: number, length: number, trailer: number): number {
    const message = `the block at ${this.origin + at} has the length ${length}, and ${trailer} at its end`;
    this.fail('block-length-invalid', this.origin + at, message);
    return at;
  }
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
