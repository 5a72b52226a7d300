import * as layers from './layers.ts';

const { ETHERNET, LINUX_COOKED, LINUX_COOKED_2, RAW_IP } = layers;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;

/** Where the EtherType stands and how long the header is. */
const ETHERNET_TYPE_AT = 12;
export const ETHERNET_HEADER = 14;
const TAG = 4;
const COOKED_TYPE_AT = 14;
const COOKED_HEADER = 16;
const COOKED_2_HEADER = 20;

/**
 * Offset of the IP header in a frame whose link header is one of the simple ones, with at most one VLAN tag, and says
 * that IP of this EtherType follows; -1 for every other frame.
 */
export function plainIp(view: DataView, start: number, end: number, layer: number, etherType: number): number {
  if (layer === RAW_IP) return start;
  if (end - start < COOKED_2_HEADER) return -1;
  if (layer === ETHERNET) return inEthernet(view, start, etherType);
  if (layer === LINUX_COOKED) return view.getUint16(start + COOKED_TYPE_AT) === etherType ? start + COOKED_HEADER : -1;
  return layer === LINUX_COOKED_2 && view.getUint16(start) === etherType ? start + COOKED_2_HEADER : -1;
}

function inEthernet(view: DataView, start: number, etherType: number): number {
  const type = view.getUint16(start + ETHERNET_TYPE_AT);
  if (type === etherType) return start + ETHERNET_HEADER;
  const tagged = type === ETHERTYPE_VLAN && view.getUint16(start + ETHERNET_TYPE_AT + TAG) === etherType;
  return tagged ? start + ETHERNET_HEADER + TAG : -1;
}
