import type { Frame } from './frame.ts';
import { ETHERNET, etherLayer, LLC } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

const ETHERTYPE_AT = 12;
const HEADER = 14;
const VLAN_TAG = 4;
/** IEEE 802.3 section 3.2.6: up to here the field is a length, and LLC follows. */
const MAX_LENGTH = 1500;
/** IEEE 802.1ah: priority, flags and service identifier before the customer's whole frame. */
const SERVICE_TAG = 4;

export function ethernet(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + HEADER;
  return typed(frame, frame.view.getUint16(at + ETHERTYPE_AT));
}

/** What follows the EtherType of a tag: two octets of tag control, then the next EtherType. */
export function vlan(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < VLAN_TAG) return stop(LINK_HEADER_CUT);
  frame.offset = at + VLAN_TAG;
  return typed(frame, frame.view.getUint16(at + 2));
}

/** A length tells where the payload ends and the padding begins. */
function typed(frame: Frame, typeOrLength: number): number {
  if (typeOrLength > MAX_LENGTH) return etherLayer(typeOrLength);
  frame.end = Math.min(frame.end, frame.offset + typeOrLength);
  return LLC;
}

/** Backbone service instance tag (PBB): the customer's Ethernet frame follows it. */
export function backbone(frame: Frame): number {
  frame.offset += SERVICE_TAG;
  return frame.offset > frame.end ? stop(LINK_HEADER_CUT) : ETHERNET;
}
