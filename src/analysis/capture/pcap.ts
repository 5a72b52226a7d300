import { linkType } from '../packet/link-types.ts';
import * as oddities from '../packet/oddities.ts';
import * as records from './record-source.ts';
import { CaptureInterface, RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';

const { TIME_FRACTION_INVALID } = oddities;
const { MAX_CAPTURED } = records;

/** draft-ietf-opsawg-pcap section 4. */
const FILE_HEADER = 24;
const MINOR_VERSION_AT = 6;
const SNAPLEN_AT = 16;
const LINK_TYPE_AT = 20;
/** Section 5: seconds, fraction, captured length, length on the wire. */
const RECORD_HEADER = 16;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetsov's libpcap, which some routers still write: interface, protocol and direction end a record header. */
const MODIFIED = 0xa1b2cd34;
const MODIFIED_RECORD_HEADER = 24;
/** Ixia's hardware and software captures: the length of all records ends the file header. */
const IXIA_HARDWARE = 0x1c0001ac;
const IXIA_SOFTWARE = 0x1c0001ab;
const IXIA_FILE_HEADER = 28;

/** AIX calls its format version 2.2, counts in nanoseconds, and numbers links as RFC 1573 does. */
const AIX_MINOR_VERSION = 2;
const AIX_LINK_TYPES: Readonly<Record<number, number>> = { 6: 1, 9: 6, 15: 10, 24: 0 };

interface Form {
  /** Nanoseconds that the fraction of a timestamp counts by. */
  readonly unit: number;
  readonly fileHeader: number;
  readonly recordHeader: number;
}

const FORMS = new Map<number, Form>([
  [MICROSECONDS, { unit: 1000, fileHeader: FILE_HEADER, recordHeader: RECORD_HEADER }],
  [NANOSECONDS, { unit: 1, fileHeader: FILE_HEADER, recordHeader: RECORD_HEADER }],
  [MODIFIED, { unit: 1000, fileHeader: FILE_HEADER, recordHeader: MODIFIED_RECORD_HEADER }],
  [IXIA_HARDWARE, { unit: 1, fileHeader: IXIA_FILE_HEADER, recordHeader: RECORD_HEADER }],
  [IXIA_SOFTWARE, { unit: 1000, fileHeader: IXIA_FILE_HEADER, recordHeader: RECORD_HEADER }],
]);

/** A source for the file that begins at `offset`, where it is pcap in any of its forms. */
export function pcapSource(view: DataView, offset: number, tally: RecordTally): PcapSource | null {
  for (const little of [true, false]) {
    const form = FORMS.get(view.getUint32(offset, little));
    if (form !== undefined) return new PcapSource(form, little, tally);
  }
  return null;
}

/** libpcap's own format and its relatives, of either byte order. */
class PcapSource extends RecordSource {
  readonly format = 'pcap';
  readonly #tally: RecordTally;
  readonly #form: Form;
  readonly #little: boolean;
  #unit: number;
  /** Files before version 2.3 hold the two lengths of a record in the other order, those of 2.3 in either. */
  #minorVersion = 4;
  #interface: CaptureInterface | null = null;

  constructor(form: Form, little: boolean, tally: RecordTally) {
    super();
    this.#tally = tally;
    this.#form = form;
    this.#little = little;
    this.#unit = form.unit;
    this.needed = form.fileHeader;
  }

  read(view: DataView, offset: number, end: number): number {
    if (this.#interface !== null) return this.#records(view, offset, end, this.#interface);
    if (end - offset < this.#form.fileHeader) return offset;
    const origin = this.#fileHeader(view, offset);
    return this.#records(view, offset + this.#form.fileHeader, end, origin);
  }

  #fileHeader(view: DataView, at: number): CaptureInterface {
    const little = this.#little;
    this.#minorVersion = view.getUint16(at + MINOR_VERSION_AT, little);
    const type = this.#linkType(view.getUint32(at + LINK_TYPE_AT, little));
    this.#interface = new CaptureInterface(linkType(type), view.getUint32(at + SNAPLEN_AT, little));
    this.interfaces.push(this.#interface);
    if (this.#unit === 1) this.#tally.timeline.digits = 9;
    return this.#interface;
  }

  /** The upper half tells the length of the frame check sequence; IP lengths leave it out anyway. */
  #linkType(field: number): number {
    const aix = this.#minorVersion === AIX_MINOR_VERSION ? AIX_LINK_TYPES[field] : undefined;
    if (aix === undefined) return field & 0xffff;
    this.#unit = 1;
    return aix;
  }

  #records(view: DataView, from: number, end: number, origin: CaptureInterface): number {
    const tally = this.#tally;
    const { segment } = tally;
    const little = this.#little;
    const unit = this.#unit;
    const { recordHeader } = this.#form;
    const exchanged = this.#minorVersion < 4;
    let base = tally.timeline.baseSeconds;
    let offset = from;
    while (end - offset >= recordHeader) {
      const start = offset + recordHeader;
      let captured = view.getUint32(offset + 8, little);
      let wire = view.getUint32(offset + 12, little);
      if (exchanged && (this.#minorVersion < 3 || captured > wire)) {
        const first = captured;
        captured = wire;
        wire = first;
      }
      if (captured > MAX_CAPTURED) return this.#tooLong(offset, captured);
      if (start + captured > end) {
        this.needed = recordHeader + captured;
        return offset;
      }
      const seconds = view.getUint32(offset, little);
      const fraction = view.getUint32(offset + 4, little);
      if (fraction * unit >= 1e9) tally.oddities[TIME_FRACTION_INVALID]!++;
      if (Number.isNaN(base)) base = tally.timeline.base(seconds);
      segment.time = (seconds - base) * 1e9 + fraction * unit;
      segment.wireLength = wire;
      tally.record(view, start, start + captured, origin);
      offset = start + captured;
    }
    this.needed = recordHeader;
    return offset;
  }

  #tooLong(offset: number, captured: number): number {
    const at = this.origin + offset;
    const message = `the record at ${at} says that it holds ${captured} octets; no packet has more than ${MAX_CAPTURED}`;
    this.fail('record-length-invalid', at, message);
    return offset;
  }
}
