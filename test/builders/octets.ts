/** Octets by hand: numbers in a byte order, put one behind the other. */
export type Octets = Uint8Array;

export function join(...parts: ReadonlyArray<Uint8Array | readonly number[]>): Octets {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function u16(value: number, little = false): Octets {
  const view = new DataView(new ArrayBuffer(2));
  view.setUint16(0, value, little);
  return new Uint8Array(view.buffer);
}

export function u32(value: number, little = false): Octets {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, little);
  return new Uint8Array(view.buffer);
}

export function u64(value: bigint, little = false): Octets {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, value), little);
  return new Uint8Array(view.buffer);
}

export function text(value: string): Octets {
  return new TextEncoder().encode(value);
}

/** `octets` with zeros behind them up to a multiple of `unit`. */
export function padded(octets: Uint8Array, unit = 4): Octets {
  return join(octets, new Uint8Array((unit - (octets.length % unit)) % unit));
}
