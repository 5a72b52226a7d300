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
  let afterReturn = false;
  for (const piece of pieces) {
    if (piece === '') continue;
    let from: number = afterReturn && piece[0] === '\n' ? 1 : 0;
    afterReturn = false;
    const ends = /\r{0,2}\n|\r/g;
    ends.lastIndex = from;
    for (let end = ends.exec(piece); end !== null; end = ends.exec(piece)) {
      yield lineOf(joined(carry, piece, from, end.index), number++);
      carry = '';
      from = ends.lastIndex;
      afterReturn = end[0] === '\r' && from === piece.length;
    }
    carry = joined(carry, piece, from, piece.length);
  }
  if (carry !== '') yield lineOf(carry, number);
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
