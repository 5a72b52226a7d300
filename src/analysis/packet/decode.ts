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

/** Decodes the header that `layer` names, moves the frame behind it, and answers what comes there. */
export function decode(layer: number, frame: Frame): number {
  switch (layer) {
    case layers.ETHERNET:
      return ethernet(frame);
    case layers.IPV4:
      return ipv4(frame);
    case layers.UDP:
      return udp(frame);
    case layers.VLAN:
      return vlan(frame);
    case layers.IPV6:
      return ipv6(frame);
    case layers.IPV6_OPTIONS:
      return ipv6Options(frame);
    case layers.IPV6_ROUTING:
      return ipv6Routing(frame);
    case layers.IPV6_FRAGMENT:
      return ipv6Fragment(frame);
    case layers.AUTHENTICATION:
      return authentication(frame);
    case layers.RAW_IP:
      return rawIp(frame);
    case layers.LINUX_COOKED:
      return linuxCooked(frame);
    case layers.LINUX_COOKED_2:
      return linuxCooked2(frame);
    case layers.NULL_LINK:
      return nullLink(frame);
    case layers.LOOP:
      return loop(frame);
    case layers.LLC:
      return llc(frame);
    case layers.SNAP:
      return snap(frame);
    case layers.BACKBONE:
      return backbone(frame);
    case layers.MPLS:
      return mpls(frame);
    case layers.PPP:
      return ppp(frame);
    case layers.PPP_WITH_DIRECTION:
      return pppWithDirection(frame);
    case layers.PPPOE:
      return pppoe(frame);
    case layers.CISCO_HDLC:
      return ciscoHdlc(frame);
    case layers.FRAME_RELAY:
      return frameRelay(frame);
    case layers.FDDI:
      return fddi(frame);
    case layers.NFLOG:
      return nflog(frame);
    case layers.PKTAP:
      return pktap(frame);
    case layers.RADIOTAP:
      return radiotap(frame);
    case layers.PPI:
      return ppi(frame);
    case layers.NETMON_RADIO:
      return netmonRadio(frame);
    case layers.WIRELESS:
      return wireless(frame);
    case layers.GRE:
      return gre(frame);
    case layers.ERSPAN_2:
      return erspan2(frame);
    case layers.ERSPAN_3:
      return erspan3(frame);
    case layers.ETHERNET_IN_IP:
      return ethernetInIp(frame);
    case layers.VXLAN:
      return vxlan(frame);
    case layers.GENEVE:
      return geneve(frame);
    case layers.GTP:
      return gtp(frame);
    case layers.TEREDO:
      return teredo(frame);
    case layers.L2TP:
      return l2tp(frame);
    case layers.TZSP:
      return tzsp(frame);
    case layers.AYIYA:
      return ayiya(frame);
    default:
      return layers.DONE;
  }
}
