import type { Frame } from './frame.ts';
import { etherLayer } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

const ETHERTYPE_AT = 12;
const HEADER = 14;
const VLAN_TAG = 4;

export function ethernet(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + HEADER;
  return etherLayer(frame.view.getUint16(at + ETHERTYPE_AT));
}

/** What follows the EtherType of a tag: two octets of tag control, then the next EtherType. */
export function vlan(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < VLAN_TAG) return stop(LINK_HEADER_CUT);
  frame.offset = at + VLAN_TAG;
  return etherLayer(frame.view.getUint16(at + 2));
}
