/** Ways to spoil a file: each takes octets and gives others. */
import type { Encapsulation } from '../builders/encapsulations.ts';
import { pcap } from '../builders/pcap-file.ts';
import type { Random } from '../lab/random.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Where lengths and offsets go wrong. */
const EDGES = [
  0, 1, 2, 3, 4, 7, 8, 11, 12, 16, 20, 28, 32, 60, 255, 256, 1500, 1501, 65_535, 65_536, 262_144, 262_145,
] as const;
const WIDE_EDGES = [0x0100_0000, 0x0100_0001, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff] as const;

/** One of the first octets more often than others: that is where headers are. */
function place(bytes: Uint8Array, random: Random): number {
  return random.below(random.chance(0.5) ? Math.min(bytes.length, 160) : bytes.length);
}

const flipBits: Mutation = (bytes, random) => {
  for (let count = 1 + random.below(8); count > 0; count--) bytes[place(bytes, random)]! ^= 1 << random.below(8);
  return bytes;
};

const randomOctets: Mutation = (bytes, random) => {
  for (let count = 1 + random.below(16); count > 0; count--) bytes[place(bytes, random)] = random.below(256);
  return bytes;
};

const edgeNumber: Mutation = (bytes, random) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = random.chance(0.5);
  const at = place(bytes, random);
  const edges = random.chance(0.3) ? WIDE_EDGES : EDGES;
  const value = edges[random.below(edges.length)]!;
  if (random.chance(0.5) && at + 4 <= bytes.length) view.setUint32(at, value, little);
  else if (at + 2 <= bytes.length) view.setUint16(at, value & 0xffff, little);
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length + 1));

const removePart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  const to = from + random.below(Math.min(64, bytes.length - from) + 1);
  return joined(bytes.subarray(0, from), bytes.subarray(to));
};

const repeatPart: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  const to = from + random.below(Math.min(400, bytes.length - from) + 1);
  return joined(bytes.subarray(0, to), bytes.subarray(from));
};

const insertNoise: Mutation = (bytes, random) => {
  const noise = Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256));
  const at = random.below(bytes.length);
  return joined(bytes.subarray(0, at), noise, bytes.subarray(at));
};

/** Turns whole words round, as a writer of the other byte order would. */
const swapWords: Mutation = (bytes, random) => {
  const width = random.chance(0.5) ? 4 : 2;
  const at = place(bytes, random);
  const end = Math.min(bytes.length, at + width * (1 + random.below(6)));
  for (let from = at; from + width <= end; from += width) bytes.subarray(from, from + width).reverse();
  return bytes;
};

const onlyNoise: Mutation = (bytes, random) => {
  const kept = random.below(Math.min(bytes.length, 200));
  return bytes.map((octet, at) => (at < kept ? octet : random.below(256)));
};

const MUTATIONS = [
  flipBits,
  randomOctets,
  edgeNumber,
  edgeNumber,
  truncate,
  removePart,
  repeatPart,
  insertNoise,
  swapWords,
  onlyNoise,
] as const;

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A file of `good` ones, spoilt in one to four ways, or two of them joined at any place. */
export function spoiltFile(good: readonly Uint8Array[], random: Random): Uint8Array {
  const bytes = good[random.below(good.length)]!;
  if (!random.chance(0.1)) return spoilt(bytes, random);
  const other = good[random.below(good.length)]!;
  return spoilt(
    joined(bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))),
    random,
  );
}

/** Sound records around frames that are spoilt, or of another link type than their file says. */
export function spoiltFrames(good: readonly Encapsulation[], random: Random): Uint8Array {
  const pick = () => good[random.below(good.length)]!;
  const { linkType } = pick();
  const records = Array.from({ length: 1 + random.below(6) }, () => {
    const same = good.filter((sample) => sample.linkType === linkType);
    const sample = random.chance(0.8) ? same[random.below(same.length)]! : pick();
    const frame = spoilt(sample.frame, random);
    return { frame, wireLength: random.chance(0.7) ? frame.length : random.below(3000) };
  });
  return pcap({ linkType }, records);
}

function spoilt(good: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(good);
  for (let count = 1 + random.below(4); count > 0 && bytes.length > 0; count--) {
    bytes = Uint8Array.from(MUTATIONS[random.below(MUTATIONS.length)]!(bytes, random));
  }
  return bytes;
}
