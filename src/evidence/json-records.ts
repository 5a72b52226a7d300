const RECORD_LENGTH_LIMIT = 1 << 20;

/** One object of a JSON text. */
export interface JsonRecord {
  text: string;
  line: number;
  /** Why it is no whole object, else null. */
  broken: string | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

/** What PowerShell 5 puts around an array: `{"value": [...], "Count": n}`. */
const WRAPPER = /^\{\s*"value"\s*:\s*$/i;

/**
 * The objects of a JSON text that comes in pieces: those of an array, of several values one after the other, and of a
 * wrapped array. Each is handed out by itself, so that a text that breaks off, or one bad object, does not cost the
 * others, and a large text is never parsed as one.
 */
export function* splitJson(pieces: Iterable<string>): Generator<JsonRecord> {
  const scan = new JsonScan();
  for (const piece of pieces) yield* scan.piece(piece);
  if (scan.openLine !== null) yield { text: '', line: scan.openLine, broken: 'the file ends inside an object' };
}

class JsonScan {
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #record = '';
  #recordLine = 0;

  /** Line of the object that is open, null between objects. */
  get openLine(): number | null {
    return this.#depth > 0 ? this.#recordLine : null;
  }

  *piece(text: string): Generator<JsonRecord> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === NEWLINE) this.#newLine();
      if (this.#depth === 0) {
        if (unit !== BRACE) continue;
        from = at;
        this.#begin();
      } else if (this.#closes(unit)) {
        this.#keep(text.slice(from, at + 1));
        yield this.#finish();
      } else if (unit === BRACKET && this.#depth === 2) this.#unwrap(text.slice(from, at));
    }
    if (this.#depth > 0) this.#keep(text.slice(from));
  }

  /** No JSON string holds a raw line end: its quote was lost, and the damage must not run on. */
  #newLine(): void {
    this.#line++;
    this.#inString = false;
    this.#escaped = false;
  }

  #begin(): void {
    this.#depth = 1;
    this.#record = '';
    this.#recordLine = this.#line;
  }

  /** Whether this character ends the object. */
  #closes(unit: number): boolean {
    if (this.#inString) {
      this.#inString = this.#escaped || unit !== QUOTE;
      this.#escaped = !this.#escaped && unit === BACKSLASH;
    } else if (unit === QUOTE) this.#inString = true;
    else if (unit === BRACE || unit === BRACKET) this.#depth++;
    else if (unit === BRACE_END || unit === BRACKET_END) this.#depth--;
    return this.#depth === 0;
  }

  #unwrap(text: string): void {
    if (!this.#inString && this.#record.length < 64 && WRAPPER.test(this.#record + text.slice(-64))) this.#depth = 0;
  }

  #keep(text: string): void {
    if (this.#record.length <= RECORD_LENGTH_LIMIT) this.#record += text.slice(0, RECORD_LENGTH_LIMIT + 1);
  }

  #finish(): JsonRecord {
    const tooLong = this.#record.length > RECORD_LENGTH_LIMIT;
    const broken = tooLong ? `an object of more than ${RECORD_LENGTH_LIMIT} characters` : null;
    return { text: tooLong ? '' : this.#record, line: this.#recordLine, broken };
  }
}
