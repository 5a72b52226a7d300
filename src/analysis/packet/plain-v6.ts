import type { Addresses } from '../segment/addresses.ts';
import type { Segment } from '../segment/segment.ts';
import { hashOptions } from './tcp.ts';

/** The plain frame of IPv6, as plain-v4.ts has it: Ethernet, IPv6 without extension headers, TCP up to its window. */

/** EtherType and version. */
const ETHERTYPE_AT = 12;
const IPV6 = 0x86dd_6;
/** Payload length, next header and hop limit. */
const LENGTH_AT = 18;
const NEXT_HEADER_AT = 20;
const TCP = 6;
const SOURCE_AT = 22;
const DESTINATION_AT = 38;
const TCP_AT = 54;
const SEQ_AT = 58;
const ACK_AT = 62;
const DATA_OFFSET_AT = 66;
const FLAGS_AT = 67;
const WINDOW_AT = 68;
const READ = 70;

const TCP_HEADER = 20;
const FIVE_WORDS = 0x50;

export function isPlainV6(view: DataView, at: number, end: number): boolean {
  return (
    end - at >= READ &&
    view.getUint32(at + ETHERTYPE_AT) >>> 12 === IPV6 &&
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
  segment.seq = view.getUint32(at + SEQ_AT);
  segment.ack = view.getUint32(at + ACK_AT);
  segment.flags = view.getUint8(at + FLAGS_AT);
  segment.window = view.getUint16(at + WINDOW_AT);
  segment.length = Math.max(payload - header, 0);
  const options = Math.min(at + TCP_AT + Math.min(header, payload), end);
  segment.identity = hashOptions(view, at + TCP_AT + TCP_HEADER, options);
}
