/** What comes next in a frame. A decoder answers with one of these, or with `stop(oddity)`, which is negative. */
export const DONE = 0;
export const ETHERNET = 1;
export const VLAN = 2;
export const IPV4 = 3;
export const IPV6 = 4;
export const TCP = 5;
export const IPV6_OPTIONS = 6;
export const IPV6_ROUTING = 7;
export const IPV6_FRAGMENT = 8;
export const AUTHENTICATION = 9;
export const RAW_IP = 10;
export const NULL_LINK = 11;
export const LOOP = 12;
export const LINUX_COOKED = 13;
export const LINUX_COOKED_2 = 14;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;

/** The layer behind an EtherType (IANA "IEEE 802 Numbers"). */
export function etherLayer(etherType: number): number {
  switch (etherType) {
    case ETHERTYPE_IPV4:
      return IPV4;
    case ETHERTYPE_IPV6:
      return IPV6;
    case 0x8100: // IEEE 802.1Q
    case 0x88a8: // IEEE 802.1ad
    case 0x9100: // QinQ before it was standardised
    case 0x9200:
      return VLAN;
    default:
      return DONE;
  }
}

/** The layer behind an IP protocol number or IPv6 next header (IANA "Protocol Numbers"). */
export function protocolLayer(protocol: number): number {
  switch (protocol) {
    case 6:
      return TCP;
    case 0: // hop-by-hop options
    case 60: // destination options
      return IPV6_OPTIONS;
    case 43:
      return IPV6_ROUTING;
    case 44:
      return IPV6_FRAGMENT;
    case 51:
      return AUTHENTICATION;
    default:
      return DONE;
  }
}
