import type { Frame } from './frame.ts';
import { DONE, ETHERNET, etherLayer, IPV4, IPV6 } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** RFC 3032 section 2.1: label, class, bottom of stack, time to live. */
const ENTRY = 4;
const BOTTOM_OF_STACK = 0x100;
/** RFC 4385: a control word before a pseudowire's payload begins with 0000, a channel header with 0001. */
const CONTROL_WORD = 4;
const CHANNEL = 1;
const ETHERTYPE_AT = 12;

/** Nothing tells what an MPLS label stands for: the first four bits behind the stack do (RFC 4928 section 3). */
export function mpls(frame: Frame): number {
  const { view, end } = frame;
  let at = frame.offset;
  let entry = 0;
  do {
    if (end - at < ENTRY + 1) return stop(LINK_HEADER_CUT);
    entry = view.getUint32(at);
    at += ENTRY;
  } while ((entry & BOTTOM_OF_STACK) === 0);
  frame.offset = at;
  const firstBits = view.getUint8(at) >>> 4;
  if (firstBits === 4) return IPV4;
  if (firstBits === 6) return IPV6;
  return pseudowire(frame, firstBits);
}

/** Ethernet, with a control word before it where one brings a known EtherType to its place. */
function pseudowire(frame: Frame, firstBits: number): number {
  if (firstBits === CHANNEL) return DONE;
  const typeAt = frame.offset + CONTROL_WORD + ETHERTYPE_AT;
  const hasWord = firstBits === 0 && typeAt + 2 <= frame.end && etherLayer(frame.view.getUint16(typeAt)) !== DONE;
  if (hasWord) frame.offset += CONTROL_WORD;
  return ETHERNET;
}
