import type { Frame } from './frame.ts';
import { narrow } from './ipv4.ts';
import { protocolLayer } from './layers.ts';
import { IP_FRAGMENT, IP_HEADER_CUT, IP_HEADER_INVALID, stop } from './oddities.ts';

/** RFC 8200 section 3. */
const PAYLOAD_LENGTH_AT = 4;
const NEXT_HEADER_AT = 6;
const SOURCE_AT = 8;
const DESTINATION_AT = 24;
const HEADER = 40;

const FRAGMENT_HEADER = 8;
const FRAGMENT_OFFSET = 0xfff8;

/** Routing types whose last address is the final destination: RFC 2460 (0), RFC 6275 (2). */
const SOURCE_ROUTE = 0;
const MOBILITY = 2;
/** RFC 8754: the segment list is written backwards, the first entry is the final destination. */
const SEGMENT_ROUTING = 4;

export function ipv6(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return stop(IP_HEADER_CUT);
  if (view.getUint8(at) >>> 4 !== 6) return stop(IP_HEADER_INVALID);
  frame.family = 6;
  frame.sourceAt = at + SOURCE_AT;
  frame.destinationAt = at + DESTINATION_AT;
  frame.identification = 0;
  frame.offset = at + HEADER;
  const length = view.getUint16(at + PAYLOAD_LENGTH_AT);
  frame.lengthZero = length === 0;
  if (length !== 0) narrow(frame, at + HEADER + length);
  return protocolLayer(view.getUint8(at + NEXT_HEADER_AT));
}

/** Hop-by-hop and destination options, RFC 8200 sections 4.3 and 4.6. */
export function ipv6Options(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 2) return stop(IP_HEADER_CUT);
  frame.offset = at + (view.getUint8(at + 1) + 1) * 8;
  return protocolLayer(view.getUint8(at));
}

/** RFC 8200 section 4.4. While segments are left, the IPv6 header holds the next hop, not the connection's end. */
export function ipv6Routing(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 4) return stop(IP_HEADER_CUT);
  const length = (view.getUint8(at + 1) + 1) * 8;
  const type = view.getUint8(at + 2);
  const segmentsLeft = view.getUint8(at + 3);
  if (segmentsLeft > 0 && length >= 24 && at + length <= frame.end) {
    if (type === SOURCE_ROUTE || type === MOBILITY) frame.destinationAt = at + length - 16;
    else if (type === SEGMENT_ROUTING) frame.destinationAt = at + 8;
  }
  frame.offset = at + length;
  return protocolLayer(view.getUint8(at));
}

/** RFC 8200 section 4.5. */
export function ipv6Fragment(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < FRAGMENT_HEADER) return stop(IP_HEADER_CUT);
  if (view.getUint16(at + 2) & FRAGMENT_OFFSET) return stop(IP_FRAGMENT);
  frame.offset = at + FRAGMENT_HEADER;
  return protocolLayer(view.getUint8(at));
}

/** RFC 4302 section 2, over IPv4 and IPv6: the length counts words of four octets, less two. */
export function authentication(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 2) return stop(IP_HEADER_CUT);
  frame.offset = at + (view.getUint8(at + 1) + 2) * 4;
  return protocolLayer(view.getUint8(at));
}
