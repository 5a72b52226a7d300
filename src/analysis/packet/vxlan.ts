import type { Frame } from './frame.ts';
import { DONE, ETHERNET, etherLayer } from './layers.ts';
import { stop, TUNNEL_HEADER_CUT } from './oddities.ts';

/** RFC 7348 section 5: flags, of which only the one for a valid network is set, reserved octets, network. */
const VXLAN_HEADER = 8;
const VALID_NETWORK = 0x08;
/** RFC 8926 section 3.4: version and length of options in words, flags, EtherType, network. */
const GENEVE_HEADER = 8;
const GENEVE_PROTOCOL_AT = 2;

export function vxlan(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < VXLAN_HEADER) return stop(TUNNEL_HEADER_CUT);
  frame.offset = at + VXLAN_HEADER;
  return view.getUint8(at) === VALID_NETWORK ? ETHERNET : DONE;
}

export function geneve(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < GENEVE_HEADER) return stop(TUNNEL_HEADER_CUT);
  const first = view.getUint8(at);
  if (first >>> 6 !== 0) return DONE;
  frame.offset = at + GENEVE_HEADER + (first & 0x3f) * 4;
  return etherLayer(view.getUint16(at + GENEVE_PROTOCOL_AT));
}

/** RFC 3378: a version in two octets, then the Ethernet frame. */
export function ethernetInIp(frame: Frame): number {
  frame.offset += 2;
  return frame.offset > frame.end ? stop(TUNNEL_HEADER_CUT) : ETHERNET;
}
