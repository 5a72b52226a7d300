/**
 * One TCP SYN under every link and in every tunnel that is read, built from their public descriptions. The endpoints are
 * always the same, so whoever reads a sample knows what must come out.
 */
import { ethernet, ipv4, ipv6, tcp, udp, v4, vlanTag } from './headers.ts';
import { join, type Octets, padded, text, u16, u32 } from './octets.ts';
import { pktapV1, pktapV2 } from './pktap.ts';

export const SOURCE = '192.0.2.7';
export const DESTINATION = '198.51.100.9';
export const SOURCE_V6 = '2001:db8::7';
export const DESTINATION_V6 = '2001:db8::9';
export const SOURCE_PORT = 51_000;
export const DESTINATION_PORT = 3300;

export interface Encapsulation {
  readonly name: string;
  /** Number in the registry of link types. */
  readonly linkType: number;
  readonly frame: Octets;
  /** Of the innermost IP header. */
  readonly family: 4 | 6;
  /** Why tshark 4.0 finds no TCP in it, where it does not. */
  readonly notByTshark?: string;
}

const ETHERNET = 1;
const IPV4 = 0x0800;
const IPV6 = 0x86dd;

const SYN = tcp({ sourcePort: SOURCE_PORT, destinationPort: DESTINATION_PORT, flags: 0x02, seq: 77 });
const DATAGRAM = ipv4({ source: SOURCE, destination: DESTINATION, identification: 5 }, SYN);
const DATAGRAM_V6 = ipv6({ source: SOURCE_V6, destination: DESTINATION_V6 }, SYN);
const FRAME = ethernet(IPV4, DATAGRAM);
const FRAME_V6 = ethernet(IPV6, DATAGRAM_V6);
const SNAP_IPV4 = join([0xaa, 0xaa, 3, 0, 0, 0], u16(IPV4), DATAGRAM);
const PPP_IPV4 = join(u16(0x0021), DATAGRAM);

function inIpv4(protocol: number, payload: Uint8Array): Octets {
  return ethernet(IPV4, ipv4({ source: '10.9.0.1', destination: '10.9.0.2', protocol }, payload));
}

function inIpv6(nextHeader: number, payload: Uint8Array): Octets {
  return ethernet(IPV6, ipv6({ source: '2001:db8:f::1', destination: '2001:db8:f::2', nextHeader }, payload));
}

function inUdp(port: number, payload: Uint8Array): Octets {
  return inIpv4(17, udp(port, payload, 40_000 + (port % 10_000)));
}

function gre(flags: number, protocol: number, fields: Uint8Array, payload: Uint8Array): Octets {
  return inIpv4(47, join(u16(flags), u16(protocol), fields, payload));
}

function link(name: string, linkType: number, frame: Octets, more: Partial<Encapsulation> = {}): Encapsulation {
  return { name, linkType, frame, family: 4, ...more };
}

function tunnel(name: string, frame: Octets, more: Partial<Encapsulation> = {}): Encapsulation {
  return link(name, ETHERNET, frame, more);
}

/** A data frame of 802.11 from a station, with what stands between its header and its payload. */
function wireless(control: number, more: Uint8Array, payload: Uint8Array): Octets {
  const address = (last: number) => [2, 0, 0, 0, 0, last];
  const sequence = [0x10, 0];
  return join(u16(control, true), [0, 0], address(1), address(2), address(3), sequence, more, payload);
}

const WIRELESS_DATA = 0x0108;
const WIRELESS_QOS = 0x0188;
const PLAIN_WIRELESS = wireless(WIRELESS_DATA, join(), SNAP_IPV4);

function subframe(payload: Uint8Array): Octets {
  return join([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], u16(payload.length), payload);
}

const OTHER_SYN = tcp({ sourcePort: SOURCE_PORT, destinationPort: DESTINATION_PORT, seq: 1 });
const OTHER_SNAP = join([0xaa, 0xaa, 3, 0, 0, 0], u16(IPV4), ipv4({}, OTHER_SYN));
const AGGREGATE = join(padded(subframe(OTHER_SNAP)), subframe(SNAP_IPV4));

function radiotap(present: number, fields: Uint8Array, payload: Uint8Array): Octets {
  return join([0, 0], u16(8 + fields.length, true), u32(present, true), fields, payload);
}

function nflog(little: boolean): Octets {
  const attribute = (type: number, value: Uint8Array) =>
    padded(join(u16(4 + value.length, little), u16(type, little), value));
  return join([2, 0], u16(0), attribute(10, text('in\0')), attribute(9, DATAGRAM));
}

const LINKS: readonly Encapsulation[] = [
  link('Ethernet', ETHERNET, FRAME),
  link('Ethernet with two VLAN tags', ETHERNET, ethernet(0x88a8, vlanTag(3, 0x8100, vlanTag(4, IPV4, DATAGRAM)))),
  link('IEEE 802.3 with SNAP', ETHERNET, ethernet(SNAP_IPV4.length, SNAP_IPV4)),
  link('IEEE 802.3 with IP in LLC', ETHERNET, ethernet(3 + DATAGRAM.length, join([6, 6, 3], DATAGRAM))),
  link('PBB', ETHERNET, ethernet(0x88e7, join(u32(0x12345), FRAME))),
  link('MPLS', ETHERNET, ethernet(0x8847, join(u32(0x10_0040), u32(0x20_0140), DATAGRAM))),
  link('MPLS with IPv6', ETHERNET, ethernet(0x8847, join(u32(0x20_0140), DATAGRAM_V6)), { family: 6 }),
  link('Ethernet over MPLS with a control word', ETHERNET, ethernet(0x8847, join(u32(0x20_0140), u32(0), FRAME)), {
    notByTshark: 'it takes the control word for the beginning of an address',
  }),
  link('Ethernet over MPLS without one', ETHERNET, ethernet(0x8847, join(u32(0x20_0140), [0], FRAME.subarray(1))), {
    notByTshark: 'it guesses from the addresses that there is one',
  }),
  link('PPPoE', ETHERNET, ethernet(0x8864, join([0x11, 0], u16(9), u16(PPP_IPV4.length), PPP_IPV4))),
  link('PPP', 9, join([0xff, 3], PPP_IPV4)),
  link('PPP without address, protocol compressed', 9, join([0x21], DATAGRAM)),
  link('PPP with IPv6', 9, join([0xff, 3, 0, 0x57], DATAGRAM_V6), { family: 6 }),
  link('PPP in HDLC framing', 50, join([0xff, 3], PPP_IPV4)),
  link('C-HDLC in a PPP capture', 50, join([0x0f, 0], u16(IPV4), DATAGRAM)),
  link('PPPoE without Ethernet', 51, join([0x11, 0], u16(9), u16(PPP_IPV4.length), PPP_IPV4)),
  link('PPP with direction', 204, join([1, 0xff, 3], PPP_IPV4)),
  link('C-HDLC', 104, join([0x0f, 0], u16(IPV4), DATAGRAM)),
  link('Frame Relay', 107, join([0x18, 0x41, 3, 0xcc], DATAGRAM)),
  link('Frame Relay with SNAP', 107, join([0x18, 0x41, 3, 0, 0x80, 0, 0, 0], u16(IPV4), DATAGRAM)),
  link("Frame Relay in Cisco's encapsulation", 107, join([0x18, 0x41], u16(IPV4), DATAGRAM)),
  link('FDDI', 10, join([0x50], new Uint8Array(12), SNAP_IPV4)),
  link('NFLOG, little endian', 239, nflog(true)),
  link('NFLOG, big endian', 239, nflog(false), { notByTshark: 'it takes the byte order of its own host' }),
  link('PKTAP', 258, pktapV1({ linkType: ETHERNET }, FRAME)),
  link('PKTAP with raw IP', 258, pktapV1({ linkType: 12 }, DATAGRAM)),
  link('PKTAP, version 2', 258, pktapV2({ linkType: ETHERNET }, FRAME), { notByTshark: 'it reads version 1' }),
  link('PKTAP under USER2', 149, pktapV1({ linkType: ETHERNET }, FRAME), {
    notByTshark: 'a user type needs a preference',
  }),
  link('802.11', 105, PLAIN_WIRELESS),
  link('802.11 between access points', 105, wireless(0x0308, join([2, 0, 0, 0, 0, 4]), SNAP_IPV4)),
  link('802.11 with QoS', 105, wireless(WIRELESS_QOS, join([0, 0]), SNAP_IPV4)),
  link('802.11 with QoS and HT control', 105, wireless(WIRELESS_QOS | 0x8000, join([0, 0, 0, 0, 0, 0]), SNAP_IPV4)),
  link('802.11 with an aggregate', 105, wireless(WIRELESS_QOS, join([0x80, 0]), AGGREGATE)),
  link('radiotap', 127, radiotap(0, join(), PLAIN_WIRELESS)),
  link(
    'radiotap with time, flags and padding',
    127,
    radiotap(
      0x8000_0003,
      join(u32(0), u32(0), u32(9), u32(9), [0x20]),
      wireless(WIRELESS_QOS, join([0, 0], [0, 0]), SNAP_IPV4),
    ),
  ),
  link('PPI', 192, join([0, 0], u16(8, true), u32(105, true), PLAIN_WIRELESS)),
];

const ERSPAN_2 = join(u32(0x1000_0001), u32(0));
const ERSPAN_3 = join(u32(0x2000_0001), u32(0), u16(0));

const TUNNELS: readonly Encapsulation[] = [
  tunnel('IPv4 in IPv4', inIpv4(4, DATAGRAM)),
  tunnel('IPv6 in IPv4', inIpv4(41, DATAGRAM_V6), { family: 6 }),
  tunnel('IPv4 in IPv6', inIpv6(4, DATAGRAM)),
  tunnel('IPv6 in IPv6', inIpv6(41, DATAGRAM_V6), { family: 6 }),
  tunnel('GRE', gre(0, IPV4, join(), DATAGRAM)),
  tunnel('GRE with checksum, key and sequence', gre(0xb000, IPV6, new Uint8Array(12), DATAGRAM_V6), { family: 6 }),
  tunnel('Ethernet in GRE', gre(0x2000, 0x6558, u32(7), FRAME)),
  tunnel('MPLS in GRE', gre(0, 0x8847, u32(0x20_0140), DATAGRAM)),
  tunnel('PPTP', gre(0x3081, 0x880b, join(u16(PPP_IPV4.length), u16(4), u32(1), u32(2)), PPP_IPV4)),
  tunnel('802.11 in GRE', gre(0, 0x8200, join(), PLAIN_WIRELESS)),
  tunnel('ERSPAN type I', gre(0, 0x88be, join(), FRAME)),
  tunnel('ERSPAN type II', gre(0x1000, 0x88be, u32(1), join(ERSPAN_2, FRAME))),
  tunnel('ERSPAN type III', gre(0x1000, 0x22eb, u32(1), join(ERSPAN_3, u16(0), FRAME))),
  tunnel(
    'ERSPAN type III with a platform header',
    gre(0x1000, 0x22eb, u32(1), join(ERSPAN_3, u16(1), u32(0), u32(0), FRAME)),
  ),
  tunnel('EtherIP', inIpv4(97, join(u16(0x3000), FRAME))),
  tunnel('MPLS in IP', inIpv4(137, join(u32(0x20_0140), DATAGRAM))),
  tunnel('VXLAN', inUdp(4789, join([8, 0, 0, 0], u32(0x500), FRAME))),
  tunnel('VXLAN with IPv6', inIpv6(17, udp(4789, join([8, 0, 0, 0], u32(0x500), FRAME_V6))), { family: 6 }),
  tunnel('VXLAN on the port of old Linux', inUdp(8472, join([8, 0, 0, 0], u32(0x500), FRAME)), {
    notByTshark: 'it takes the port for OTV',
  }),
  tunnel('GENEVE', inUdp(6081, join([0, 0], u16(0x6558), u32(0x100), FRAME))),
  tunnel('GENEVE with options and IPv4', inUdp(6081, join([2, 0], u16(IPV4), u32(0x100), u32(0), u32(0), DATAGRAM))),
  tunnel('GTP-U', inUdp(2152, join([0x30, 255], u16(DATAGRAM.length), u32(9), DATAGRAM))),
  tunnel(
    'GTP-U with sequence and extension',
    inUdp(2152, join([0x36, 255], u16(DATAGRAM.length + 8), u32(9), [0, 1, 0, 0x85], [1, 0, 1, 0], DATAGRAM)),
  ),
  tunnel('Teredo', inUdp(3544, DATAGRAM_V6), { family: 6 }),
  tunnel(
    'Teredo with authentication and origin',
    inUdp(3544, join([0, 1, 0, 0], new Uint8Array(9), [0, 0, 1, 2], v4('1.2.3.4'), DATAGRAM_V6)),
    {
      family: 6,
    },
  ),
  tunnel('L2TP', inUdp(1701, join(u16(0x0002), u16(1), u16(2), [0xff, 3], PPP_IPV4))),
  tunnel(
    'L2TP with length, sequence and offset',
    inUdp(1701, join(u16(0x4a02), u16(PPP_IPV4.length + 16), u16(1), u16(2), u16(0), u16(0), u16(2), u16(0), PPP_IPV4)),
  ),
  tunnel('TZSP', inUdp(37008, join([1, 0], u16(1), [0, 10, 1, 9, 1], FRAME))),
  tunnel('TZSP with 802.11', inUdp(37008, join([1, 0], u16(18), [1], PLAIN_WIRELESS))),
  tunnel('AYIYA', inUdp(5072, join([0x42, 0x52, 0x11, 41], u32(0), new Uint8Array(16 + 20), DATAGRAM_V6)), {
    family: 6,
  }),
  tunnel('GRE in UDP', inUdp(4754, join(u16(0), u16(IPV4), DATAGRAM))),
  tunnel('MPLS in UDP', inUdp(6635, join(u32(0x20_0140), DATAGRAM))),
  tunnel(
    'GRE in VXLAN under two tags',
    ethernet(
      0x8100,
      vlanTag(
        1,
        0x8100,
        vlanTag(2, IPV4, ipv4({ protocol: 17 }, udp(4789, join([8, 0, 0, 0], u32(1), gre(0, IPV4, join(), DATAGRAM))))),
      ),
    ),
  ),
];

export const ENCAPSULATIONS: readonly Encapsulation[] = [...LINKS, ...TUNNELS];
