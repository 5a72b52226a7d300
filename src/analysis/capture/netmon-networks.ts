import { DONE, NETMON_RADIO } from '../packet/layers.ts';
import { type LinkType, linkType } from '../packet/link-types.ts';

/** Media of Network Monitor as link types of pcap. Files of VPN clients say 0 for Ethernet. */
const MEDIA: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 6, 3: 10, 7: 101, 8: 101, 9: 101 };
const RADIO = 6;
/** Frames converted from pcap: its link type is added. */
const PCAP_BASE = 0xe000;
const PCAP_TYPES = 0x0fff;
/** Media of Message Analyzer, which stand where link types 128 to 138 would. */
const ANALYZER_FIRST = 0xe080;
const ANALYZER_LAST = 0xe08a;

/** Headers made up by reassembly, lists of adapters and of names: Wireshark numbers no frame for them either. */
const NO_FRAMES = new Set([0xfffc, 0xfffd, 0xfffe]);

export function isNoFrame(network: number): boolean {
  return NO_FRAMES.has(network);
}

/** Events, filters and other things that are no packets have a name and no layer. */
export function networkType(network: number): LinkType {
  const medium = MEDIA[network];
  if (medium !== undefined) return linkType(medium);
  if (network === RADIO) return { number: network, name: 'NETMON_802_11', layer: NETMON_RADIO };
  const analyzer = network >= ANALYZER_FIRST && network <= ANALYZER_LAST;
  if ((network & ~PCAP_TYPES) === PCAP_BASE && !analyzer) return linkType(network & PCAP_TYPES);
  return { number: network, name: `NETMON_${network.toString(16).toUpperCase()}`, layer: DONE };
}
