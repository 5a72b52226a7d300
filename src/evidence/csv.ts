const RECORD_LIMIT = 65_536;

/** Comma, semicolon where the comma is the decimal sign, tab in Event Viewer's text export. */
export type Delimiter = ',' | ';' | '\t';

/** The delimiter that makes the most fields of a line. */
export function delimiterOf(text: string): Delimiter {
  const counted = ([',', ';', '\t'] as const).map((sign) => ({ sign, fields: text.split(sign).length }));
  return counted.reduce((best, next) => (next.fields > best.fields ? next : best)).sign;
}

/** The fields of a whole record (RFC 4180); a quote within an unquoted field is a character like others. */
export function splitRecord(text: string, delimiter: Delimiter): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const quoted = text[at] === '"' ? quotedField(text, at) : null;
    const from = quoted ? quoted.end : at;
    const next = text.indexOf(delimiter, from);
    const end = next < 0 ? text.length : next;
    fields.push(quoted ? quoted.value : text.slice(at, end));
    at = end + 1;
  }
  return fields;
}

function quotedField(text: string, start: number): { value: string; end: number } {
  let value = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { value: value + text.slice(from), end: text.length };
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    from = quote + 2;
  }
}

/** Joins the lines of a record whose quoted field holds line ends. */
export class RecordJoiner {
  #text = '';
  #line = 0;
  #quotes = 0;

  /** The whole record that ends with this line; null while one is open. */
  add(text: string, line: number): { text: string; line: number } | null {
    if (this.#text === '') this.#line = line;
    this.#text += (this.#text === '' ? '' : '\n') + text;
    this.#quotes += countQuotes(text);
    if (this.#quotes % 2 === 1 && this.#text.length <= RECORD_LIMIT) return null;
    const record = { text: this.#text, line: this.#line };
    this.#text = '';
    this.#quotes = 0;
    return record;
  }

  /** Line of the record that is open, null between records. */
  get openSince(): number | null {
    return this.#text === '' ? null : this.#line;
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}
