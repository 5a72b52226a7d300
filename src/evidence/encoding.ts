/**
 * Which encoding a companion file has, told by its bytes, and its text piece by piece. Console tools write the OEM code
 * page (437, 850, 866), editors and Event Viewer UTF-8 or the ANSI page, PowerShell 5 UTF-16LE with a byte order mark.
 */
const PIECE = 1 << 18;
/** Enough to see every letter that headers and states use. */
const SAMPLE = 1 << 20;

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'cp850' | 'ibm866' | 'windows-1251' | 'windows-1252';

/** Octets 0x80 to 0xFF. Code page 437 has its letters in the same places. */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

export function detectEncoding(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return utf16WithoutMark(bytes) ?? (isUtf8(bytes) ? 'utf-8' : codePage(bytes.subarray(0, SAMPLE)));
}

/** Digits, blanks and addresses make at least every fifth UTF-16 unit of console text an ASCII one. */
function utf16WithoutMark(bytes: Uint8Array): Encoding | null {
  const pairs = Math.min(bytes.length, 4096) >> 1;
  const zeros = [0, 0];
  for (let at = 0; at < pairs * 2; at++) if (bytes[at] === 0) zeros[at & 1]!++;
  const [even, odd] = zeros as [number, number];
  if (odd > pairs / 5 && even < pairs / 20) return 'utf-16le';
  if (even > pairs / 5 && odd < pairs / 20) return 'utf-16be';
  return null;
}

/** A character cut by the end of the file is no objection. */
function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += PIECE) decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Cyrillic words are runs of high octets, Latin letters with accents stand alone between ASCII ones. */
function codePage(sample: Uint8Array): Encoding {
  const seen = { runs: 0, oemLetters: 0, ansiCapitals: 0, shared: 0, ansiSmall: 0 };
  let previousHigh = false;
  for (const octet of sample) {
    const high = octet >= 0x80;
    if (high && !previousHigh) seen.runs++;
    previousHigh = high;
    if (!high) continue;
    if (octet <= 0xaf) seen.oemLetters++;
    else if (octet >= 0xf0) seen.ansiSmall++;
    else if (octet >= 0xe0) seen.shared++;
    else if (octet >= 0xc0) seen.ansiCapitals++;
  }
  const letters = seen.oemLetters + seen.ansiCapitals + seen.shared + seen.ansiSmall;
  if (letters >= 3 * seen.runs) return seen.oemLetters > seen.ansiCapitals + seen.ansiSmall ? 'ibm866' : 'windows-1251';
  return seen.oemLetters >= letters - seen.oemLetters ? 'cp850' : 'windows-1252';
}

/** The text of a file in pieces of bounded size, without its byte order mark. */
export function* decodeText(bytes: Uint8Array, encoding: Encoding): Generator<string> {
  const decode = encoding === 'cp850' ? decodeCp850 : streamDecoder(encoding);
  for (let at = 0; at < bytes.length; at += PIECE) yield decode(bytes.subarray(at, at + PIECE));
}

function streamDecoder(encoding: Exclude<Encoding, 'cp850'>): (piece: Uint8Array) => string {
  const decoder = new TextDecoder(encoding);
  if (encoding.startsWith('utf-16')) return (piece) => decoder.decode(piece, { stream: true });
  return (piece) => withoutZeros(decoder.decode(piece, { stream: true }));
}

/** PowerShell 5 appends UTF-16 to a file that cmd.exe began in octets: without the zeros its ASCII can be read. */
function withoutZeros(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function decodeCp850(piece: Uint8Array): string {
  let text = '';
  for (let at = 0; at < piece.length; at += 4096) {
    const units = Array.from(piece.subarray(at, at + 4096), (octet) =>
      octet < 0x80 ? octet : CP850.charCodeAt(octet - 0x80),
    );
    text += String.fromCharCode(...units);
  }
  return withoutZeros(text);
}
