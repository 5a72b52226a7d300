import { join, type Octets, padded, u16, u32, u64 } from './octets.ts';

/** Code and value; the value's length is its own. */
export type Option = readonly [code: number, value: Uint8Array];

export function options(list: readonly Option[], little: boolean): Octets {
  if (list.length === 0) return new Uint8Array(0);
  const each = list.map(([code, value]) => join(u16(code, little), u16(value.length, little), padded(value)));
  return join(...each, u32(0, little));
}

/** Any block: type, length, body, length again. `stated` is the length that it claims. */
export function block(type: number, body: Uint8Array, little = true, stated = 12 + padded(body).length): Octets {
  return join(u32(type, little), u32(stated, little), padded(body), u32(stated, little));
}

export function sectionHeader(little = true, list: readonly Option[] = [], majorVersion = 1): Octets {
  const unknownLength = u64(-1n, little);
  const body = join(
    u32(0x1a2b3c4d, little),
    u16(majorVersion, little),
    u16(0, little),
    unknownLength,
    options(list, little),
  );
  return block(0x0a0d0d0a, body, little);
}

export function interfaceDescription(linkType = 1, snaplen = 0, list: readonly Option[] = [], little = true): Octets {
  return block(1, join(u16(linkType, little), [0, 0], u32(snaplen, little), options(list, little)), little);
}

export interface BuiltPacket {
  readonly frame: Uint8Array;
  readonly number?: number;
  readonly ticks?: bigint;
  readonly wireLength?: number;
  readonly capturedLength?: number;
  readonly options?: readonly Option[];
}

/** The first second of built packets in microseconds. */
export const FIRST_TICKS = 1_700_000_000_000_000n;

export function enhancedPacket(packet: BuiltPacket, little = true): Octets {
  return block(6, join(u32(packet.number ?? 0, little), packetBody(packet, little)), little);
}

/** The packet block of early drafts, with its count of drops. */
export function obsoletePacket(packet: BuiltPacket, drops: number, little = true): Octets {
  return block(2, join(u16(packet.number ?? 0, little), u16(drops, little), packetBody(packet, little)), little);
}

function packetBody(packet: BuiltPacket, little: boolean): Octets {
  const ticks = packet.ticks ?? FIRST_TICKS;
  return join(
    u32(Number(ticks >> 32n), little),
    u32(Number(ticks & 0xffffffffn), little),
    u32(packet.capturedLength ?? packet.frame.length, little),
    u32(packet.wireLength ?? packet.frame.length, little),
    padded(packet.frame),
    options(packet.options ?? [], little),
  );
}

export function simplePacket(frame: Uint8Array, wireLength = frame.length, little = true): Octets {
  return block(3, join(u32(wireLength, little), frame), little);
}

export function interfaceStatistics(number: number, list: readonly Option[], little = true): Octets {
  return block(5, join(u32(number, little), u64(0n), options(list, little)), little);
}
