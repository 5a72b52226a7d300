/** `Name : value` lines of Format-List, wrapped values included, as one record. */
const VALUE_LIMIT = 8192;

export class KeyValues {
  readonly line: number;
  readonly #values = new Map<string, string>();
  #last: string | null = null;

  constructor(line: number) {
    this.line = line;
  }

  /** False when the record has this name already: another record begins. */
  add(name: string, value: string): boolean {
    if (this.#values.has(name)) return false;
    this.#values.set(name, value);
    this.#last = name;
    return true;
  }

  continueLast(text: string): void {
    if (this.#last === null) return;
    const value = `${this.#values.get(this.#last)} ${text.trim()}`;
    if (value.length <= VALUE_LIMIT) this.#values.set(this.#last, value);
  }

  get(name: string): string | null {
    return this.#values.get(name) ?? null;
  }
}

/** Property names are one word of ASCII in every language, and Format-List writes a blank before the colon. */
export function splitKeyValue(text: string): { name: string; value: string } | null {
  const found = /^\s{0,8}([A-Za-z][A-Za-z0-9_]{0,40})\s{1,40}:(?:\s(.*))?$/.exec(text);
  return found ? { name: found[1]!, value: (found[2] ?? '').trim() } : null;
}
