import type { Frame } from './frame.ts';
import { DONE, etherLayer, IPV4, IPV6, PPP, SNAP } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** ITU-T Q.922 section 3.2: the lowest bit of an address octet is set in the last one, which is the second to fourth. */
const LAST_OCTET = 1;
const MAX_ADDRESS = 4;
/** RFC 2427 section 3: unnumbered information, then perhaps a pad, then what the payload is. */
const UNNUMBERED = 0x03;
const PAD = 0x00;

export function frameRelay(frame: Frame): number {
  const { view, end } = frame;
  let at = frame.offset;
  const from = at;
  do {
    if (end - at < 4 || at - from === MAX_ADDRESS) return stop(LINK_HEADER_CUT);
    at++;
  } while ((view.getUint8(at - 1) & LAST_OCTET) === 0);
  frame.offset = at + 2;
  // Without the control field it is Cisco's encapsulation: an EtherType.
  if (view.getUint8(at) !== UNNUMBERED) return etherLayer(view.getUint16(at));
  if (view.getUint8(at + 1) !== PAD) return networkLayer(view.getUint8(at + 1));
  frame.offset = at + 3;
  return networkLayer(view.getUint8(at + 2));
}

/** ISO/IEC TR 9577 network layer protocol identifiers. */
function networkLayer(identifier: number): number {
  switch (identifier) {
    case 0xcc:
      return IPV4;
    case 0x8e:
      return IPV6;
    case 0x80:
      return SNAP;
    case 0xcf:
      return PPP;
    default:
      return DONE;
  }
}
