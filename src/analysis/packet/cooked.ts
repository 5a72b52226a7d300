import type { Frame } from './frame.ts';
import { etherLayer, LLC } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** LINKTYPE_LINUX_SLL: the protocol ends the header of 16 octets. */
const SLL_HEADER = 16;
const SLL_PROTOCOL_AT = 14;
/** LINKTYPE_LINUX_SLL2: the protocol begins the header of 20 octets; then 2 reserved octets and the interface index. */
const SLL2_HEADER = 20; /** linux/if_ether.h. */
const ETH_P_802_2 = 4;

export function linuxCooked(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < SLL_HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + SLL_HEADER;
  return cookedLayer(frame.view.getUint16(at + SLL_PROTOCOL_AT));
}

export function linuxCooked2(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < SLL2_HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + SLL2_HEADER;
  return cookedLayer(frame.view.getUint16(at));
}

/** An EtherType, or one of Linux's own numbers below 1536. */
function cookedLayer(protocol: number): number {
  return protocol === ETH_P_802_2 ? LLC : etherLayer(protocol);
}
