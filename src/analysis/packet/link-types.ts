import { DONE, ETHERNET, IPV4, IPV6, LINUX_COOKED, LINUX_COOKED_2, LOOP, NULL_LINK, RAW_IP } from './layers.ts';

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
  [12, 'RAW', RAW_IP],
  [14, 'RAW', RAW_IP],
  [101, 'RAW', RAW_IP],
  [108, 'LOOP', LOOP],
  [113, 'LINUX_SLL', LINUX_COOKED],
  [228, 'IPV4', IPV4],
  [229, 'IPV6', IPV6],
  [276, 'LINUX_SLL2', LINUX_COOKED_2],
];

const NAMES_ONLY: ReadonlyArray<readonly [number, string]> = [
  [2, 'EXP_ETHERNET'],
  [3, 'AX25'],
  [6, 'IEEE802_5'],
  [7, 'ARCNET_BSD'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [50, 'PPP_HDLC'],
  [51, 'PPP_ETHER'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [107, 'FRELAY'],
  [109, 'ENC'],
  [117, 'PFLOG'],
  [119, 'IEEE802_11_PRISM'],
  [122, 'IP_OVER_FC'],
  [127, 'IEEE802_11_RADIOTAP'],
  [149, 'USER2'],
  [163, 'IEEE802_11_AVS'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [231, 'DBUS'],
  [239, 'NFLOG'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [253, 'NETLINK'],
  [254, 'BLUETOOTH_LINUX_MONITOR'],
  [256, 'BLUETOOTH_LE_LL_WITH_PHDR'],
  [258, 'PKTAP'],
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
