/** Options of a pcapng block (draft-ietf-opsawg-pcapng section 3.5): code, length, value padded to four octets. */
const END_OF_OPTIONS = 0;

/** Offset of the value of the first option `code` in [from, to), -1 where there is none that lies whole in there. */
export function findOption(view: DataView, from: number, to: number, little: boolean, code: number): number {
  for (let at = from; at + 4 <= to; ) {
    const found = view.getUint16(at, little);
    const length = view.getUint16(at + 2, little);
    if (found === END_OF_OPTIONS || at + 4 + length > to) return -1;
    if (found === code) return at + 4;
    at += 4 + ((length + 3) & ~3);
  }
  return -1;
}

/** Length of the option whose value `findOption` found. */
export function optionLength(view: DataView, value: number, little: boolean): number {
  return view.getUint16(value - 2, little);
}

/** A counter of 64 bits; null where the option is missing or of another length. */
export function counterOption(view: DataView, from: number, to: number, little: boolean, code: number): number | null {
  const at = findOption(view, from, to, little, code);
  if (at < 0 || optionLength(view, at, little) !== 8) return null;
  return Number(view.getBigUint64(at, little));
}

/** UTF-8 text; null where the option is missing. */
export function textOption(view: DataView, from: number, to: number, little: boolean, code: number): string | null {
  const at = findOption(view, from, to, little, code);
  if (at < 0) return null;
  const octets = new Uint8Array(view.buffer, view.byteOffset + at, optionLength(view, at, little));
  return new TextDecoder().decode(octets);
}
