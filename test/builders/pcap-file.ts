import { join, type Octets, u16, u32 } from './octets.ts';

export interface BuiltRecord {
  readonly frame: Uint8Array;
  /** Unix seconds, and the fraction in the file's own unit. */
  readonly seconds?: number;
  readonly fraction?: number;
  /** The frame's own where it is not given. */
  readonly wireLength?: number;
  readonly capturedLength?: number;
}

export interface PcapForm {
  readonly little?: boolean;
  readonly nanoseconds?: boolean;
  readonly minorVersion?: number;
  readonly snaplen?: number;
  /** All 32 bits of the field. */
  readonly linkType?: number;
  /** Of a relative of pcap, and how many octets more its headers hold. */
  readonly magic?: number;
  readonly headerExtra?: number;
  readonly recordExtra?: number;
}

export const FIRST_SECOND = 1_700_000_000;

/** A pcap file: the first record at `FIRST_SECOND`, each other a second later, unless they say otherwise. */
export function pcap(form: PcapForm, records: readonly BuiltRecord[]): Octets {
  return join(pcapHeader(form), ...records.map((record, index) => pcapRecord(form, record, FIRST_SECOND + index)));
}

function pcapHeader(form: PcapForm): Octets {
  const little = form.little ?? true;
  return join(
    u32(form.magic ?? (form.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4), little),
    u16(2, little),
    u16(form.minorVersion ?? 4, little),
    u32(0, little),
    u32(0, little),
    u32(form.snaplen ?? 262_144, little),
    u32(form.linkType ?? 1, little),
    new Uint8Array(form.headerExtra ?? 0),
  );
}

function pcapRecord(form: PcapForm, record: BuiltRecord, seconds: number): Octets {
  const little = form.little ?? true;
  return join(
    u32(record.seconds ?? seconds, little),
    u32(record.fraction ?? 0, little),
    u32(record.capturedLength ?? record.frame.length, little),
    u32(record.wireLength ?? record.frame.length, little),
    new Uint8Array(form.recordExtra ?? 0),
    record.frame,
  );
}
