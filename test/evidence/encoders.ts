/** The encodings that companion files come in, for tests that write the same text in each. */
const CP850: Record<string, number> = {
  ö: 0x94,
  Ö: 0x99,
  ü: 0x81,
  ä: 0x84,
  Ä: 0x8e,
  ß: 0xe1,
  é: 0x82,
  É: 0x90,
  à: 0x85,
  ó: 0xa2,
  ç: 0x87,
};

export const ENCODERS = {
  'utf-8': (text: string) => new TextEncoder().encode(text),
  'utf-8 with mark': (text: string) => new TextEncoder().encode(`\uFEFF${text}`),
  'utf-16le with mark': (text: string) => utf16(`\uFEFF${text}`, true),
  'utf-16le': (text: string) => utf16(text, true),
  'utf-16be with mark': (text: string) => utf16(`\uFEFF${text}`, false),
  'utf-16be': (text: string) => utf16(text, false),
} satisfies Record<string, (text: string) => Uint8Array>;

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return new Uint8Array(view.buffer);
}

/** Code pages 437 and 850 of a western console: the letters in use have the same octets in both. */
export function oemWestern(text: string): Uint8Array {
  return octets(text, (sign) => CP850[sign]);
}

export function ansiWestern(text: string): Uint8Array {
  return octets(text, (sign) => (sign.charCodeAt(0) <= 0xff ? sign.charCodeAt(0) : undefined));
}

/** Code page 866 of a Russian console. */
export function oemCyrillic(text: string): Uint8Array {
  return octets(text, (sign) => {
    const code = sign.charCodeAt(0);
    if (code >= 0x410 && code <= 0x43f) return code - 0x410 + 0x80;
    return code >= 0x440 && code <= 0x44f ? code - 0x440 + 0xe0 : undefined;
  });
}

export function ansiCyrillic(text: string): Uint8Array {
  return octets(text, (sign) => {
    const code = sign.charCodeAt(0);
    return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : undefined;
  });
}

function octets(text: string, high: (sign: string) => number | undefined): Uint8Array {
  return Uint8Array.from(text, (sign) => {
    const octet = sign.charCodeAt(0) < 0x80 ? sign.charCodeAt(0) : high(sign);
    if (octet === undefined) throw new Error(`no octet for ${sign}`);
    return octet;
  });
}
