import {
  CISCO_HDLC,
  DONE,
  ETHERNET,
  FDDI,
  FRAME_RELAY,
  IPV4,
  IPV6,
  LINUX_COOKED,
  LINUX_COOKED_2,
  LOOP,
  NFLOG,
  NULL_LINK,
  PKTAP,
  PPI,
  PPP,
  PPP_WITH_DIRECTION,
  PPPOE,
  RADIOTAP,
  RAW_IP,
  WIRELESS,
} from './layers.ts';

/** A link type: its number and name in the registry of draft-ietf-opsawg-pcaplinktype, and the layer it starts with. */
export interface LinkType {
  readonly number: number;
  readonly name: string;
  /** DONE where it is not read here. */
  readonly layer: number;
}

const READ: ReadonlyArray<readonly [number, string, number]> = [
  [0, 'NULL', NULL_LINK],
  [1, 'ETHERNET', ETHERNET],
  [9, 'PPP', PPP],
  [10, 'FDDI', FDDI],
  [12, 'RAW', RAW_IP],
  [14, 'RAW', RAW_IP],
  [50, 'PPP_HDLC', PPP],
  [51, 'PPP_ETHER', PPPOE],
  [101, 'RAW', RAW_IP],
  [104, 'C_HDLC', CISCO_HDLC],
  [105, 'IEEE802_11', WIRELESS],
  [107, 'FRELAY', FRAME_RELAY],
  [108, 'LOOP', LOOP],
  [113, 'LINUX_SLL', LINUX_COOKED],
  [127, 'IEEE802_11_RADIOTAP', RADIOTAP],
  // Macs before the type was registered; what is no PKTAP header there is passed over.
  [149, 'USER2', PKTAP],
  [192, 'PPI', PPI],
  [204, 'PPP_WITH_DIR', PPP_WITH_DIRECTION],
  [228, 'IPV4', IPV4],
  [229, 'IPV6', IPV6],
  [239, 'NFLOG', NFLOG],
  [258, 'PKTAP', PKTAP],
  [276, 'LINUX_SLL2', LINUX_COOKED_2],
];

const NAMES_ONLY: ReadonlyArray<readonly [number, string]> = [
  [2, 'EXP_ETHERNET'],
  [3, 'AX25'],
  [6, 'IEEE802_5'],
  [7, 'ARCNET_BSD'],
  [8, 'SLIP'],
  [109, 'ENC'],
  [117, 'PFLOG'],
  [119, 'IEEE802_11_PRISM'],
  [122, 'IP_OVER_FC'],
  [163, 'IEEE802_11_AVS'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [231, 'DBUS'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [253, 'NETLINK'],
  [254, 'BLUETOOTH_LINUX_MONITOR'],
  [256, 'BLUETOOTH_LE_LL_WITH_PHDR'],
  [271, 'VSOCK'],
  [272, 'NORDIC_BLE'],
  [274, 'ETHERNET_MPACKET'],
  [281, 'DSA_TAG_BRCM'],
  [282, 'DSA_TAG_BRCM_PREPEND'],
  [284, 'DSA_TAG_DSA'],
  [285, 'DSA_TAG_EDSA'],
];

const LINK_TYPES = new Map<number, LinkType>();
for (const [number, name] of NAMES_ONLY) LINK_TYPES.set(number, { number, name, layer: DONE });
for (const [number, name, layer] of READ) LINK_TYPES.set(number, { number, name, layer });

/** Link types that are not in the table are named by their number: `LINKTYPE_178`. */
export function linkType(number: number): LinkType {
  return LINK_TYPES.get(number) ?? { number, name: `LINKTYPE_${number}`, layer: DONE };
}

/** The layer that a frame within another begins with. */
export function linkLayer(number: number): number {
  return LINK_TYPES.get(number)?.layer ?? DONE;
}
