/** Rows and messages are short; what is longer is no console text, and no regular expression here should meet it. */
export const LINE_LIMIT = 16_384;

export interface Line {
  /** Without its line end; the first `LINE_LIMIT` characters of a longer one. */
  text: string;
  /** From 1. */
  number: number;
  /** The line was longer than `LINE_LIMIT`. */
  cut: boolean;
}

/** The lines of a text that comes in pieces; LF, CRLF, CR and the CRCRLF of cmd.exe loops end a line. */
export function* splitLines(pieces: Iterable<string>): Generator<Line> {
  let number = 1;
  let carry = '';
  for (const piece of withWholeEnds(pieces)) {
    let from = 0;
    for (const end of piece.matchAll(/\r{0,2}\n|\r/g)) {
      yield lineOf(joined(carry, piece, from, end.index), number++);
      carry = '';
      from = end.index + end[0].length;
    }
    carry = joined(carry, piece, from, piece.length);
  }
  if (carry !== '') yield lineOf(carry, number);
}

/** The same text in pieces that never end within CRCRLF. */
function* withWholeEnds(pieces: Iterable<string>): Generator<string> {
  let held = '';
  for (const piece of pieces) {
    const text = held + piece;
    held = /\r{0,2}$/.exec(text)![0];
    yield text.slice(0, text.length - held.length);
  }
  yield held;
}

/** One character above the limit is kept, to tell that the line is longer. */
function joined(carry: string, piece: string, from: number, to: number): string {
  const room = LINE_LIMIT + 1 - carry.length;
  return room <= 0 ? carry : carry + piece.slice(from, Math.min(to, from + room));
}

function lineOf(text: string, number: number): Line {
  const cut = text.length > LINE_LIMIT;
  return { text: cut ? text.slice(0, LINE_LIMIT) : text, number, cut };
}
