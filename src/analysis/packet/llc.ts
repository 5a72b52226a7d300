import type { Frame } from './frame.ts';
import { DONE, ETHERNET, etherLayer, IPV4 } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** IEEE 802.2: destination and source service access points, control. */
const HEADER = 3;
const SNAP = 0xaaaa;
const IP = 0x0606;
const UNNUMBERED = 3;
/** IEEE 802: an organisation of three octets and its protocol number. */
const SNAP_HEADER = 5;
const ENCAPSULATED_ETHERNET = 0x000000;
const BRIDGE_TUNNEL = 0x0000f8;
const BRIDGED = 0x0080c2;
/** RFC 2427: Ethernet frames with and without their check sequence. */
const BRIDGED_ETHERNET = new Set([0x0001, 0x0007]);

/** The logical link control header of IEEE 802.3, 802.11, FDDI and others. */
export function llc(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + HEADER;
  if (view.getUint8(at + 2) !== UNNUMBERED) return DONE;
  const points = view.getUint16(at);
  if (points === IP) return IPV4;
  return points === SNAP ? snap(frame) : DONE;
}

/** The SNAP extension alone, as it follows the LLC header. */
export function snap(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < SNAP_HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + SNAP_HEADER;
  const organisation = view.getUint32(at) >>> 8;
  const protocol = view.getUint16(at + 3);
  if (organisation === ENCAPSULATED_ETHERNET || organisation === BRIDGE_TUNNEL) return etherLayer(protocol);
  return organisation === BRIDGED && BRIDGED_ETHERNET.has(protocol) ? ETHERNET : DONE;
}
