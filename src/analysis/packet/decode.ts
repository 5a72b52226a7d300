import { ayiya } from './ayiya.ts';
import { linuxCooked, linuxCooked2 } from './cooked.ts';
import { erspan2, erspan3 } from './erspan.ts';
import { backbone, ethernet, vlan } from './ethernet.ts';
import { fddi } from './fddi.ts';
import type { Frame } from './frame.ts';
import { frameRelay } from './frame-relay.ts';
import { gre } from './gre.ts';
import { gtp } from './gtp.ts';
import { ipv4 } from './ipv4.ts';
import { authentication, ipv6, ipv6Fragment, ipv6Options, ipv6Routing } from './ipv6.ts';
import { l2tp } from './l2tp.ts';
import * as layers from './layers.ts';
import { llc, snap } from './llc.ts';
import { mpls } from './mpls.ts';
import { nflog } from './nflog.ts';
import { pktap } from './pktap.ts';
import { ciscoHdlc, ppp, pppoe, pppWithDirection } from './ppp.ts';
import { netmonRadio, ppi, radiotap } from './radio.ts';
import { loop, nullLink, rawIp } from './raw-ip.ts';
import { teredo } from './teredo.ts';
import { tzsp } from './tzsp.ts';
import { udp } from './udp.ts';
import { ethernetInIp, geneve, vxlan } from './vxlan.ts';
import { wireless } from './wireless.ts';

/** By layer; a switch over constants of another module would compare with one after the other. */
const DECODERS: Readonly<Record<number, (frame: Frame) => number>> = {
  [layers.ETHERNET]: ethernet,
  [layers.IPV4]: ipv4,
  [layers.UDP]: udp,
  [layers.VLAN]: vlan,
  [layers.IPV6]: ipv6,
  [layers.IPV6_OPTIONS]: ipv6Options,
  [layers.IPV6_ROUTING]: ipv6Routing,
  [layers.IPV6_FRAGMENT]: ipv6Fragment,
  [layers.AUTHENTICATION]: authentication,
  [layers.RAW_IP]: rawIp,
  [layers.LINUX_COOKED]: linuxCooked,
  [layers.LINUX_COOKED_2]: linuxCooked2,
  [layers.NULL_LINK]: nullLink,
  [layers.LOOP]: loop,
  [layers.LLC]: llc,
  [layers.SNAP]: snap,
  [layers.BACKBONE]: backbone,
  [layers.MPLS]: mpls,
  [layers.PPP]: ppp,
  [layers.PPP_WITH_DIRECTION]: pppWithDirection,
  [layers.PPPOE]: pppoe,
  [layers.CISCO_HDLC]: ciscoHdlc,
  [layers.FRAME_RELAY]: frameRelay,
  [layers.FDDI]: fddi,
  [layers.NFLOG]: nflog,
  [layers.PKTAP]: pktap,
  [layers.RADIOTAP]: radiotap,
  [layers.PPI]: ppi,
  [layers.NETMON_RADIO]: netmonRadio,
  [layers.WIRELESS]: wireless,
  [layers.GRE]: gre,
  [layers.ERSPAN_2]: erspan2,
  [layers.ERSPAN_3]: erspan3,
  [layers.ETHERNET_IN_IP]: ethernetInIp,
  [layers.VXLAN]: vxlan,
  [layers.GENEVE]: geneve,
  [layers.GTP]: gtp,
  [layers.TEREDO]: teredo,
  [layers.L2TP]: l2tp,
  [layers.TZSP]: tzsp,
  [layers.AYIYA]: ayiya,
};

/** Decodes the header that `layer` names, moves the frame behind it, and answers what comes there. */
export function decode(layer: number, frame: Frame): number {
  return DECODERS[layer]!(frame);
}
