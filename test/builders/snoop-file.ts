import { join, type Octets, padded, text, u32 } from './octets.ts';

export interface SnoopRecord {
  readonly frame: Uint8Array;
  readonly seconds: number;
  readonly microseconds?: number;
  /** Lost since the first record. */
  readonly drops?: number;
  readonly wireLength?: number;
  readonly capturedLength?: number;
  readonly recordLength?: number;
}

/** RFC 1761; data link 4 is Ethernet. */
export function snoop(records: readonly SnoopRecord[], dataLink = 4, version = 2): Octets {
  return join(text('snoop\0\0\0'), u32(version), u32(dataLink), ...records.map(snoopRecord));
}

function snoopRecord(record: SnoopRecord): Octets {
  const frame = padded(record.frame);
  return join(
    u32(record.wireLength ?? record.frame.length),
    u32(record.capturedLength ?? record.frame.length),
    u32(record.recordLength ?? 24 + frame.length),
    u32(record.drops ?? 0),
    u32(record.seconds),
    u32(record.microseconds ?? 0),
    frame,
  );
}
