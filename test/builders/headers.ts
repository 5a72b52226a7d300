/** Headers from the link up to TCP, each around its payload; only what a test is about has to be named. */
import { join, type Octets, u16, u32 } from './octets.ts';

const NOTHING = new Uint8Array(0);

export function ethernet(etherType: number, payload: Uint8Array): Octets {
  return join([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2], u16(etherType), payload);
}

/** A tag's control and the EtherType behind it; the EtherType that announces the tag stands in the header before. */
export function vlanTag(id: number, etherType: number, payload: Uint8Array): Octets {
  return join(u16(id), u16(etherType), payload);
}

export interface Ipv4 {
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: number;
  readonly identification?: number;
  /** In octets. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  /** Padded to whole words. */
  readonly options?: Uint8Array;
  /** The true one where it is not given. */
  readonly totalLength?: number;
}

export function ipv4(fields: Ipv4, payload: Uint8Array): Octets {
  const options = fields.options ?? NOTHING;
  const header = 20 + Math.ceil(options.length / 4) * 4;
  const fragment = (fields.moreFragments ? 0x2000 : 0) | ((fields.fragmentOffset ?? 0) >> 3);
  return join(
    [0x40 | (header / 4), 0],
    u16(fields.totalLength ?? header + payload.length),
    u16(fields.identification ?? 1),
    u16(fragment),
    [64, fields.protocol ?? 6, 0, 0],
    v4(fields.source ?? '10.0.0.1'),
    v4(fields.destination ?? '10.0.0.2'),
    options,
    new Uint8Array(header - 20 - options.length),
    payload,
  );
}

export function v4(address: string): Octets {
  return Uint8Array.from(address.split('.').map(Number));
}

export interface Ipv6 {
  readonly source?: string;
  readonly destination?: string;
  readonly nextHeader?: number;
  /** The true one where it is not given. */
  readonly payloadLength?: number;
}

export function ipv6(fields: Ipv6, payload: Uint8Array): Octets {
  return join(
    [0x60, 0, 0, 0],
    u16(fields.payloadLength ?? payload.length),
    [fields.nextHeader ?? 6, 64],
    v6(fields.source ?? '2001:db8::1'),
    v6(fields.destination ?? '2001:db8::2'),
    payload,
  );
}

/** Eight groups, or fewer with one "::". */
export function v6(address: string): Octets {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const last = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - groups(head).length - last.length).fill(0);
  return join(...[...groups(head), ...zeros, ...last].map((group) => u16(group)));
}

export interface Tcp {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly window?: number;
  /** Whole words. */
  readonly options?: Uint8Array;
  /** In words; the true one where it is not given. */
  readonly dataOffset?: number;
}

export function tcp(fields: Tcp, payload: Uint8Array = NOTHING): Octets {
  const options = fields.options ?? NOTHING;
  return join(
    u16(fields.sourcePort ?? 50_000),
    u16(fields.destinationPort ?? 3200),
    u32(fields.seq ?? 1000),
    u32(fields.ack ?? 0),
    [(fields.dataOffset ?? 5 + options.length / 4) << 4, fields.flags ?? 0x02],
    u16(fields.window ?? 64_240),
    [0, 0, 0, 0],
    options,
    payload,
  );
}

export function udp(destinationPort: number, payload: Uint8Array, sourcePort = 40_000): Octets {
  return join(u16(sourcePort), u16(destinationPort), u16(8 + payload.length), [0, 0], payload);
}
