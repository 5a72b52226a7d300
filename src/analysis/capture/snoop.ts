import { DONE } from '../packet/layers.ts';
import { type LinkType, linkType } from '../packet/link-types.ts';
import { CaptureInterface, MAX_CAPTURED, RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';

/** RFC 1761 section 3, big endian throughout: "snoop" and three zeros, version, data link. */
export const SNOOP_MAGIC = [0x736e6f6f, 0x70000000] as const;
const FILE_HEADER = 16;
const VERSION_AT = 8;
const DATA_LINK_AT = 12;
const VERSION = 2;

/** Section 4: length on the wire, captured length, record length, drops so far, seconds, microseconds. */
const RECORD_HEADER = 24;
const CAPTURED_AT = 4;
const RECORD_LENGTH_AT = 8;
const DROPS_AT = 12;
const SECONDS_AT = 16;
const MICROSECONDS_AT = 20;
/** What pads a record has at most the length of a packet. */
const MAX_RECORD = RECORD_HEADER + 2 * MAX_CAPTURED;

/** The data links that are read, as link types of pcap: IEEE 802.3, token ring, Ethernet, FDDI. */
const DATA_LINKS: Readonly<Record<number, number>> = { 0: 1, 2: 6, 4: 1, 8: 10 };

/** What Solaris' snoop writes. */
export class SnoopSource extends RecordSource {
  readonly format = 'snoop';
  readonly #tally: RecordTally;
  #interface: CaptureInterface | null = null;

  constructor(tally: RecordTally) {
    super();
    this.#tally = tally;
    this.needed = FILE_HEADER;
  }

  read(view: DataView, from: number, end: number): number {
    let offset = from;
    if (this.#interface === null) {
      if (end - offset < FILE_HEADER || !this.#fileHeader(view, offset)) return offset;
      offset += FILE_HEADER;
    }
    this.needed = RECORD_HEADER;
    while (end - offset >= RECORD_HEADER) {
      const length = view.getUint32(offset + RECORD_LENGTH_AT);
      if (!this.#isSound(offset, length, view.getUint32(offset + CAPTURED_AT))) return offset;
      if (offset + length > end) {
        this.needed = length;
        return offset;
      }
      this.#record(view, offset);
      offset += length;
    }
    return offset;
  }

  #fileHeader(view: DataView, at: number): boolean {
    const version = view.getUint32(at + VERSION_AT);
    if (version !== VERSION) {
      const message = `the file is of snoop version ${version}; version ${VERSION} is read here`;
      return this.fail('capture-format-unsupported', VERSION_AT, message);
    }
    this.#interface = new CaptureInterface(dataLink(view.getUint32(at + DATA_LINK_AT)), 0);
    this.interfaces.push(this.#interface);
    return true;
  }

  #isSound(offset: number, length: number, captured: number): boolean {
    const at = this.origin + offset;
    if (length < RECORD_HEADER + captured) {
      const message = `the record at ${at} has the length ${length}, and ${captured} octets captured behind ${RECORD_HEADER}`;
      return this.fail('record-length-invalid', at, message);
    }
    if (captured <= MAX_CAPTURED && length <= MAX_RECORD) return true;
    const message = `the record at ${at} says that it holds ${captured} octets in ${length}; no packet has more than ${MAX_CAPTURED}`;
    return this.fail('record-length-invalid', at, message);
  }

  #record(view: DataView, offset: number): void {
    const tally = this.#tally;
    const origin = this.#interface!;
    const seconds = view.getUint32(offset + SECONDS_AT);
    tally.segment.wireLength = view.getUint32(offset);
    tally.setTime(seconds, view.getUint32(offset + MICROSECONDS_AT) * 1000);
    origin.dropped = view.getUint32(offset + DROPS_AT);
    const start = offset + RECORD_HEADER;
    tally.record(view, start, start + view.getUint32(offset + CAPTURED_AT), origin);
  }
}

function dataLink(number: number): LinkType {
  const type = DATA_LINKS[number];
  return type === undefined ? { number, name: `SNOOP_${number}`, layer: DONE } : linkType(type);
}
