/** Formats that are known and not read: what they are, and how to make something of them that is read. */
export interface Refusal {
  readonly name: string;
  readonly advice: string;
}

const BY_WIRESHARK = 'convert it first: editcap -F pcapng IN OUT';

/** The first octets, and what they mean. */
const SIGNATURES: ReadonlyArray<readonly [string, Refusal]> = [
  ['TRSNIFF data', { name: 'a capture of Network General Sniffer', advice: BY_WIRESHARK }],
  ['XCP\0', { name: 'a capture of NetXRay or Sniffer for Windows', advice: BY_WIRESHARK }],
  ['btsnoop\0', { name: 'a Bluetooth trace (btsnoop)', advice: 'it holds no TCP' }],
  ['iptrace ', { name: 'a capture of AIX iptrace', advice: BY_WIRESHARK }],
  ['\x05VNF', { name: 'a capture of Visual Networks', advice: BY_WIRESHARK }],
  ['ObserverPktBuffe', { name: 'a capture of Network Instruments Observer', advice: BY_WIRESHARK }],
  ['\x7fver', { name: 'a capture of WildPackets OmniPeek', advice: BY_WIRESHARK }],
  ['\x00\x00\x00\x01\x00\x00\x00\x00\x00\x07\xd0\x00', { name: 'a trace of HP-UX nettl', advice: BY_WIRESHARK }],
  ['\xaa\xaa\xaa\xaa', { name: 'a capture of Accellent 5Views', advice: BY_WIRESHARK }],
  ['\x1f\x8b', { name: 'compressed by gzip', advice: 'unpack it first: gzip -d FILE' }],
  ['\x28\xb5\x2f\xfd', { name: 'compressed by zstd', advice: 'unpack it first: zstd -d FILE' }],
  ['PK\x03\x04', { name: 'a zip archive', advice: 'unpack it first: unzip FILE' }],
  ['BZh', { name: 'compressed by bzip2', advice: 'unpack it first: bzip2 -d FILE' }],
  ['\xfd7zXZ\0', { name: 'compressed by xz', advice: 'unpack it first: xz -d FILE' }],
  ['\x04\x22\x4d\x18', { name: 'compressed by lz4', advice: 'unpack it first: lz4 -d FILE' }],
  ['7z\xbc\xaf\x27\x1c', { name: 'a 7-Zip archive', advice: 'unpack it first: 7z x FILE' }],
  ['Rar!\x1a\x07', { name: 'a RAR archive', advice: 'unpack it first: unrar x FILE' }],
];

const ETL: Refusal = {
  name: 'a Windows event trace (ETL), which is no capture format',
  advice: 'convert it first: etl2pcapng IN.etl OUT.pcapng, or pktmon etl2pcap IN.etl --out OUT.pcapng',
};
/** A trace begins with a buffer header (WMI_BUFFER_HEADER) that tells the buffer's size; its first event repeats it. */
const ETL_EVENT_AT = 72;
const ETL_EVENT = [0x0200_01c0, 0x0200_02c0] as const;
const ETL_SIZE_AT = 104;
/** Octets of a file that tell whether it is refused by name. */
export const TELLING = ETL_SIZE_AT + 4;

/** What the file that begins at `offset` is, of what is refused by name; null where it is not known at all. */
export function refusalOf(view: DataView, offset: number, end: number): Refusal | null {
  for (const [signature, refusal] of SIGNATURES) {
    if (begins(view, offset, end, signature)) return refusal;
  }
  return isEventTrace(view, offset, end) ? ETL : null;
}

function begins(view: DataView, offset: number, end: number, signature: string): boolean {
  if (end - offset < signature.length) return false;
  for (let index = 0; index < signature.length; index++) {
    if (view.getUint8(offset + index) !== signature.charCodeAt(index)) return false;
  }
  return true;
}

function isEventTrace(view: DataView, offset: number, end: number): boolean {
  if (end - offset < TELLING) return false;
  const event = view.getUint32(offset + ETL_EVENT_AT);
  if (event !== ETL_EVENT[0] && event !== ETL_EVENT[1]) return false;
  return view.getUint32(offset + ETL_SIZE_AT, true) === view.getUint32(offset, true);
}
