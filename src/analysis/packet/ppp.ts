import type { Frame } from './frame.ts';
import { CISCO_HDLC, DONE, etherLayer, IPV4, IPV6, MPLS, PPP } from './layers.ts';
import { LINK_HEADER_CUT, stop } from './oddities.ts';

/** RFC 1662 section 3.1: the address of all stations, then a control field; both may be left out. */
const ALL_STATIONS = 0xff;
/** RFC 1547 section 4.3.1: Cisco's own framing, unicast and broadcast, whose protocols are EtherTypes. */
const CISCO_UNICAST = 0x0f;
const CISCO_BROADCAST = 0x8f;
const CISCO_HEADER = 4;

/** RFC 2516 section 4: version and type, code, session, length. */
const PPPOE_HEADER = 6;
const PPPOE_VERSION_AND_TYPE = 0x11;

/** LINKTYPE_PPP_HDLC, and LINKTYPE_PPP where the address field may be compressed away. */
export function ppp(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 2) return stop(LINK_HEADER_CUT);
  const address = view.getUint8(at);
  if (address === CISCO_UNICAST || address === CISCO_BROADCAST) return CISCO_HDLC;
  if (address === ALL_STATIONS) frame.offset = at + 2;
  return pppProtocol(frame);
}

/** The protocol field: one octet when it is odd, else two (RFC 1661 section 2). */
function pppProtocol(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < 2) return stop(LINK_HEADER_CUT);
  const first = view.getUint8(at);
  const compressed = (first & 1) === 1;
  frame.offset = at + (compressed ? 1 : 2);
  return protocolLayerOf(compressed ? first : view.getUint16(at));
}

/** IANA "PPP DLL Protocol Numbers". Headers compressed by RFC 1144 (0x002d, 0x002f) hold no ports. */
function protocolLayerOf(protocol: number): number {
  switch (protocol) {
    case 0x0021:
      return IPV4;
    case 0x0057:
      return IPV6;
    case 0x0281:
    case 0x0283:
      return MPLS;
    default:
      return DONE;
  }
}

/** The direction octet of LINKTYPE_PPP_WITH_DIR. */
export function pppWithDirection(frame: Frame): number {
  frame.offset += 1;
  return PPP;
}

export function pppoe(frame: Frame): number {
  const { view, offset: at } = frame;
  if (frame.end - at < PPPOE_HEADER) return stop(LINK_HEADER_CUT);
  if (view.getUint8(at) !== PPPOE_VERSION_AND_TYPE) return DONE;
  frame.offset = at + PPPOE_HEADER;
  return pppProtocol(frame);
}

/** LINKTYPE_C_HDLC: address, control, EtherType. */
export function ciscoHdlc(frame: Frame): number {
  const at = frame.offset;
  if (frame.end - at < CISCO_HEADER) return stop(LINK_HEADER_CUT);
  frame.offset = at + CISCO_HEADER;
  return etherLayer(frame.view.getUint16(at + 2));
}
