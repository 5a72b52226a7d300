import { TIME_FRACTION_INVALID } from '../packet/oddities.ts';
import { CaptureInterface, MAX_CAPTURED, RecordSource } from './record-source.ts';
import type { RecordTally } from './record-tally.ts';

/** draft-ietf-opsawg-pcap section 4. */
const FILE_HEADER = 24;
const MINOR_VERSION_AT = 6;
const SNAPLEN_AT = 16;
const LINK_TYPE_AT = 20;
/** Section 5. */
const RECORD_HEADER = 16;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

export interface PcapVariant {
  readonly little: boolean;
  /** Nanoseconds that the fraction of a timestamp counts by. */
  readonly unit: number;
}

/** Tells the four plain forms of pcap by their first four octets; null for anything else. */
export function pcapVariant(magic: number, swapped: number): PcapVariant | null {
  if (magic === MICROSECONDS) return { little: false, unit: 1000 };
  if (magic === NANOSECONDS) return { little: false, unit: 1 };
  if (swapped === MICROSECONDS) return { little: true, unit: 1000 };
  if (swapped === NANOSECONDS) return { little: true, unit: 1 };
  return null;
}

/** libpcap's own format, in microseconds or nanoseconds, of either byte order. */
export class PcapSource extends RecordSource {
  readonly format = 'pcap';
  readonly #tally: RecordTally;
  readonly #little: boolean;
  readonly #unit: number;
  /** Files before version 2.3 hold the two lengths of a record in the other order, those of 2.3 in either. */
  #minorVersion = 4;
  #interface: CaptureInterface | null = null;

  constructor(variant: PcapVariant, tally: RecordTally) {
    super();
    this.#tally = tally;
    this.#little = variant.little;
    this.#unit = variant.unit;
    this.needed = FILE_HEADER;
  }

  read(view: DataView, offset: number, end: number): number {
    if (this.#interface !== null) return this.#records(view, offset, end, this.#interface);
    if (end - offset < FILE_HEADER) return offset;
    const origin = this.#fileHeader(view, offset);
    return this.#records(view, offset + FILE_HEADER, end, origin);
  }

  #fileHeader(view: DataView, at: number): CaptureInterface {
    const little = this.#little;
    this.#minorVersion = view.getUint16(at + MINOR_VERSION_AT, little);
    // The upper half tells the length of the frame check sequence; IP lengths leave it out anyway.
    const type = view.getUint32(at + LINK_TYPE_AT, little) & 0xffff;
    this.#interface = new CaptureInterface(type, view.getUint32(at + SNAPLEN_AT, little));
    this.interfaces.push(this.#interface);
    if (this.#unit === 1) this.#tally.timeline.digits = 9;
    return this.#interface;
  }

  #records(view: DataView, from: number, end: number, origin: CaptureInterface): number {
    const tally = this.#tally;
    const { segment } = tally;
    const little = this.#little;
    const unit = this.#unit;
    const exchanged = this.#minorVersion < 4;
    let base = tally.timeline.baseSeconds;
    let offset = from;
    while (end - offset >= RECORD_HEADER) {
      const start = offset + RECORD_HEADER;
      let captured = view.getUint32(offset + 8, little);
      let wire = view.getUint32(offset + 12, little);
      if (exchanged && (this.#minorVersion < 3 || captured > wire)) {
        const first = captured;
        captured = wire;
        wire = first;
      }
      if (captured > MAX_CAPTURED) return this.#tooLong(offset, captured);
      if (start + captured > end) {
        this.needed = RECORD_HEADER + captured;
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
    this.needed = RECORD_HEADER;
    return offset;
  }

  #tooLong(offset: number, captured: number): number {
    const at = this.origin + offset;
    const message = `the record at ${at} says that it holds ${captured} octets; no packet has more than ${MAX_CAPTURED}`;
    this.fail('record-length-invalid', at, message);
    return offset;
  }
}
