import type { Addresses } from '../segment/addresses.ts';
import type { Segment } from '../segment/segment.ts';
import { hashOptions } from './tcp.ts';

/** The plain packet of IPv6, as plain-v4.ts has it: no extension headers. All offsets count from the IP header. */
const VERSION = 6;
const LENGTH_AT = 4;
const NEXT_HEADER_AT = 6;
const TCP = 6;
const SOURCE_AT = 8;
const DESTINATION_AT = 24;
const TCP_AT = 40;
const SEQ_AT = 44;
const ACK_AT = 48;
const DATA_OFFSET_AT = 52;
const FLAGS_AT = 53;
const WINDOW_AT = 54;
const READ = 56;

const TCP_HEADER = 20;
const FIVE_WORDS = 0x50;

export function isPlainV6(view: DataView, at: number, end: number): boolean {
  return (
    end - at >= READ &&
    view.getUint8(at) >>> 4 === VERSION &&
    view.getUint8(at + NEXT_HEADER_AT) === TCP &&
    view.getUint16(at + LENGTH_AT) >= TCP_HEADER &&
    view.getUint8(at + DATA_OFFSET_AT) >= FIVE_WORDS
  );
}

export function fillPlainV6(view: DataView, at: number, end: number, segment: Segment, addresses: Addresses): void {
  const header = (view.getUint8(at + DATA_OFFSET_AT) >>> 4) << 2;
  const payload = view.getUint16(at + LENGTH_AT);
  segment.family = 6;
  segment.source = addresses.internV6(view, at + SOURCE_AT);
  segment.destination = addresses.internV6(view, at + DESTINATION_AT);
  segment.sourcePort = view.getUint16(at + TCP_AT);
  segment.destinationPort = view.getUint16(at + TCP_AT + 2);
  segment.seq = view.getInt32(at + SEQ_AT);
  segment.ack = view.getInt32(at + ACK_AT);
  segment.flags = view.getUint8(at + FLAGS_AT);
  segment.window = view.getUint16(at + WINDOW_AT);
  segment.length = Math.max(payload - header, 0);
  const options = Math.min(at + TCP_AT + Math.min(header, payload), end);
  segment.identity = hashOptions(view, at + TCP_AT + TCP_HEADER, options);
}
