import { join, type Octets, text, u16, u32 } from './octets.ts';

/** Of Apple's xnu, bsd/net/pktap.h. */
export const PKTAP_IN = 1;
export const PKTAP_OUT = 2;
const VERSION_2 = 0x0008_0000;

export interface Pktap {
  readonly linkType?: number;
  readonly flags?: number;
  /** Signed, -1 for none. */
  readonly pid?: number;
  readonly name?: string;
  readonly effectivePid?: number;
  readonly effectiveName?: string;
}

/** Ethernet from nobody where nothing is said. */
export function pktapV1(fields: Pktap, payload: Uint8Array): Octets {
  const header = new Uint8Array(156);
  const put = (at: number, octets: Uint8Array) => header.set(octets, at);
  put(0, join(u32(header.length, true), u32(1, true), u32(fields.linkType ?? 1, true), text('en0')));
  put(36, u32(fields.flags ?? 0, true));
  put(52, u32(fields.pid ?? -1, true));
  put(56, text(fields.name ?? ''));
  put(84, u32(fields.effectivePid ?? -1, true));
  put(88, text(fields.effectiveName ?? ''));
  return join(header, payload);
}

/** Interface and names stand behind the header, at the offsets that it tells. */
export function pktapV2(fields: Pktap, payload: Uint8Array): Octets {
  const fixed = 40;
  const names = ['en0', fields.name ?? '', fields.effectiveName ?? ''].map((name) =>
    name === '' ? text('') : text(`${name}\0`),
  );
  const offsets = names.map((name, index) =>
    name.length === 0 ? 0 : fixed + names.slice(0, index).reduce((sum, { length }) => sum + length, 0),
  );
  const length = fixed + names.reduce((sum, name) => sum + name.length, 0);
  return join(
    [length, 0, 0, ...offsets],
    u16(fields.linkType ?? 1, true),
    new Uint8Array(20),
    u32(fields.pid ?? -1, true),
    u32(fields.effectivePid ?? -1, true),
    u32((fields.flags ?? 0) | VERSION_2, true),
    ...names,
    payload,
  );
}
