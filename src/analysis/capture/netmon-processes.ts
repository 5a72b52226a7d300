import { addressText } from '../segment/address-text.ts';
import type { ProcessSocket } from './summary.ts';

/** As many as Wireshark takes; an entry has at least 60 octets. */
const MAX_ENTRIES = 524_288;
/** UTF-16 for the longest path that Windows knows, 32,767 characters. */
const MAX_PATH = 65_536;
const VERSION = 2;
/** Behind path and icon: process, ports with two octets of padding each, whether IPv6, two addresses of 16 octets. */
const SOCKET = 48;
const LOCAL_PORT_AT = 4;
const REMOTE_PORT_AT = 8;
const IS_IPV6_AT = 12;
const LOCAL_ADDRESS_AT = 16;
const REMOTE_ADDRESS_AT = 32;

/** The table of processes and their connections; it ends early where an entry cannot be. */
export function readProcessTable(file: DataView, offset: number, count: number): ProcessSocket[] {
  const sockets: ProcessSocket[] = [];
  let at = offset + VERSION;
  while (sockets.length < Math.min(count, MAX_ENTRIES) && at + 4 <= file.byteLength) {
    const pathLength = file.getUint32(at, true);
    const iconAt = at + 4 + pathLength;
    if (pathLength > MAX_PATH || iconAt + 4 > file.byteLength) break;
    const socketAt = iconAt + 4 + file.getUint32(iconAt, true);
    if (socketAt + SOCKET > file.byteLength) break;
    sockets.push(readSocket(file, socketAt, pathText(file, at + 4, pathLength)));
    at = socketAt + SOCKET;
  }
  return sockets;
}

function readSocket(file: DataView, at: number, path: string): ProcessSocket {
  const family = file.getUint32(at + IS_IPV6_AT, true) === 0 ? 4 : 6;
  return {
    pid: file.getUint32(at, true),
    path,
    localAddress: addressText(file, at + LOCAL_ADDRESS_AT, family),
    localPort: file.getUint16(at + LOCAL_PORT_AT, true),
    remoteAddress: addressText(file, at + REMOTE_ADDRESS_AT, family),
    remotePort: file.getUint16(at + REMOTE_PORT_AT, true),
  };
}

function pathText(file: DataView, at: number, length: number): string {
  const octets = new Uint8Array(file.buffer, file.byteOffset + at, length);
  const text = new TextDecoder('utf-16le').decode(octets);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
