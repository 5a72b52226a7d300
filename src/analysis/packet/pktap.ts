import type { Frame } from './frame.ts';
import { DONE } from './layers.ts';
import { linkLayer } from './link-types.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** Apple's xnu, bsd/net/pktap.h, little endian. Version 1: length, type of the next header, link type. */
const LINK_TYPE_AT = 8;
const HEADER = 108;
/** Version 2: an octet of length, five of offsets, link type; the offsets make its first word larger than any length. */
const V2_LINK_TYPE_AT = 6;
const V2_HEADER = 36;
const V2_LEAST_WORD = 0x10000;

/** LINKTYPE_PKTAP, and LINKTYPE_USER2 of older macOS: who sent the packet stands before it. */
export function pktap(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < V2_HEADER) return stop(LINK_HEADER_CUT);
  const word = view.getUint32(at, true);
  const second = word >= V2_LEAST_WORD;
  const length = second ? word & 0xff : word;
  if (length < (second ? V2_HEADER : HEADER)) return DONE;
  if (length > frame.end - at) return stop(LINK_HEADER_CUT);
  frame.offset = at + length;
  return linkLayer(second ? view.getUint16(at + V2_LINK_TYPE_AT, true) : view.getUint32(at + LINK_TYPE_AT, true));
}
