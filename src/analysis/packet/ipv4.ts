import type { Frame } from './frame.ts';
import { protocolLayer } from './layers.ts';
import { IP_FRAGMENT, IP_HEADER_CUT, IP_HEADER_INVALID, stop } from './oddities.ts';

/** RFC 791 section 3.1. */
const TOTAL_LENGTH_AT = 2;
const IDENTIFICATION_AT = 4;
const FRAGMENT_AT = 6;
const FRAGMENT_OFFSET = 0x1fff;
const PROTOCOL_AT = 9;
const SOURCE_AT = 12;
const DESTINATION_AT = 16;
const HEADER = 20;

const OPTION_END = 0;
const OPTION_NOP = 1;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;

export function ipv4(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return stop(IP_HEADER_CUT);
  const first = view.getUint8(at);
  const header = (first & 15) << 2;
  const total = view.getUint16(at + TOTAL_LENGTH_AT);
  if (first >>> 4 !== 4 || header < HEADER || (total < header && total !== 0)) return stop(IP_HEADER_INVALID);
  if (frame.end - at < header) return stop(IP_HEADER_CUT);
  if (view.getUint16(at + FRAGMENT_AT) & FRAGMENT_OFFSET) return stop(IP_FRAGMENT);
  frame.family = 4;
  frame.sourceAt = at + SOURCE_AT;
  frame.destinationAt = at + DESTINATION_AT;
  frame.identification = view.getUint16(at + IDENTIFICATION_AT);
  if (header > HEADER) followSourceRoute(frame, at + HEADER, at + header);
  frame.offset = at + header;
  frame.lengthZero = total === 0;
  if (total !== 0) narrow(frame, at + total);
  return protocolLayer(view.getUint8(at + PROTOCOL_AT));
}

/** An IP length tells where the datagram ended on the wire; what the frame holds behind it is padding or a trailer. */
export function narrow(frame: Frame, wireEnd: number): void {
  frame.wireEnd = wireEnd;
  if (frame.end > wireEnd) frame.end = wireEnd;
}

/**
 * Until a source route is used up the destination field holds its next hop; the connection's remote is its last address
 * (RFC 791 section 3.1, RFC 1122 section 4.2.3.8).
 */
function followSourceRoute(frame: Frame, from: number, to: number): void {
  const { view } = frame;
  for (let at = from; at + 2 < to; ) {
    const kind = view.getUint8(at);
    if (kind === OPTION_END) return;
    const length = kind === OPTION_NOP ? 1 : view.getUint8(at + 1);
    if (length === 0 || at + length > to) return;
    if (kind === LOOSE_SOURCE_ROUTE || kind === STRICT_SOURCE_ROUTE) {
      const pointer = view.getUint8(at + 2);
      if (length >= 7 && pointer >= 4 && pointer + 3 <= length) frame.destinationAt = at + length - 4;
      return;
    }
    at += length;
  }
}
