import { portNumber } from './address.ts';
import type { Line } from './lines.ts';
import { namedProtocol, numberAfterColon, type Section, type TextContext } from './section.ts';
import { mibStatistics } from './statistics.ts';

const RANGE_INVALID = 'a dynamic port range that leaves the 65535 ports';

/** netsh puts a rule above its lists of `name : value`: the dynamic port range has two of them, the statistics 14 or 15. */
export function openRuledList(line: Line, context: TextContext): Section | null {
  return /^\s*-{10,}\s*$/.test(line.text) ? new RuledList(context, line.number) : null;
}

class RuledList implements Section {
  readonly #context: TextContext;
  readonly #line: number;
  readonly #protocol: 'tcp' | 'udp' | null;
  readonly #title: string;
  readonly #values: (number | null)[] = [];

  constructor(context: TextContext, line: number) {
    this.#context = context;
    this.#line = line;
    this.#protocol = namedProtocol(context.titles);
    this.#title = context.titles.at(-1) ?? '';
  }

  take(line: Line): boolean {
    if (!/^[^:：]{1,80}[:：]\s*\S/u.test(line.text) || this.#values.length >= 20) return false;
    this.#values.push(numberAfterColon(line.text));
    return true;
  }

  close(): void {
    const [first, count] = this.#values;
    if (this.#values.length === 2 && typeof first === 'number' && typeof count === 'number') this.#range(first, count);
    else if (this.#values.length >= 12) this.#statistics();
  }

  #range(first: number, count: number): void {
    const last = first + count - 1;
    const range = { file: this.#context.facts.file, line: this.#line + 1, protocol: this.#protocol, first, last };
    if (count > 0 && last <= 65535) this.#context.facts.dynamicPorts(range);
    else this.#context.facts.unreadable(range.line, RANGE_INVALID);
  }

  /** Algorithm, its two times and the most connections stand before the counters. */
  #statistics(): void {
    mibStatistics(this.#values.slice(4), this.#title, this.#line + 1, this.#context);
  }
}

/** `show excludedportrange`: two columns of ports under a rule of two parts, `*` for those that an administrator set. */
export function openExcludedPorts(line: Line, context: TextContext): Section | null {
  return /^\s*-{8,}\s+-{8,}\s*$/.test(line.text) ? new ExcludedPorts(context) : null;
}

class ExcludedPorts implements Section {
  readonly #context: TextContext;
  readonly #protocol: 'tcp' | 'udp' | null;

  constructor(context: TextContext) {
    this.#context = context;
    this.#protocol = namedProtocol(context.titles);
    context.facts.recognise();
  }

  take(line: Line): boolean {
    if (line.text.trim() === '') return true;
    const row = /^\s*(\d{1,5})\s+(\d{1,5})(?:\s+\*)?\s*$/.exec(line.text);
    const [first, last] = [portNumber(row?.[1] ?? ''), portNumber(row?.[2] ?? '')];
    if (!row) return false;
    const place = { file: this.#context.facts.file, line: line.number };
    if (first !== null && last !== null && first <= last) {
      this.#context.facts.excludedPorts({ ...place, protocol: this.#protocol, first, last });
    } else this.#context.facts.unreadable(line.number, 'a port range whose end lies before its start or beyond 65535');
    return true;
  }

  close(): void {}
}

/** `sysctl net.ipv4.ip_local_port_range` of Linux, on one line. */
export function openPortRangeSetting(line: Line, context: TextContext): Section | null {
  const found = /^\s*net\.ipv4\.ip_local_port_range\s*=\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(line.text);
  const [first, last] = [portNumber(found?.[1] ?? ''), portNumber(found?.[2] ?? '')];
  if (first === null || last === null) return null;
  if (first <= last)
    context.facts.dynamicPorts({ file: context.facts.file, line: line.number, protocol: null, first, last });
  else context.facts.unreadable(line.number, RANGE_INVALID);
  return { take: () => false, close: () => {} };
}
