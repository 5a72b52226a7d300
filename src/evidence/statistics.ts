import type { Line } from './lines.ts';
import type { Section, TextContext } from './section.ts';

const WINDOWS_COUNTERS = 8;

/**
 * Counters in the order of MIB-II's tcp group (RFC 4022): active and passive opens, failed attempts, resets, current
 * connections, segments in, out and retransmitted. Names are translated, the order is not.
 */
export function mibStatistics(values: (number | null)[], title: string, line: number, context: TextContext): void {
  const [activeOpens, passive, failed, resets, current, received, sent, again] = values;
  if (typeof activeOpens !== 'number') return;
  const ipVersion = /ipv6|tcpv6/i.test(title) ? 6 : /ipv4|tcpv4/i.test(title) ? 4 : null;
  const known = context.takeTime(`statistics ${ipVersion}`);
  context.facts.statistics({
    file: context.facts.file,
    line,
    time: known?.time ?? null,
    zone: known?.zone ?? null,
    ipVersion,
    activeOpens,
    passiveOpens: passive ?? null,
    failedAttempts: failed ?? null,
    resetConnections: resets ?? null,
    currentConnections: current ?? null,
    segmentsReceived: received ?? null,
    segmentsSent: sent ?? null,
    segmentsRetransmitted: again ?? null,
  });
}

/** `netstat -s` of Windows: `name = number` lines under a title that names TCP. */
export function openStatistics(line: Line, context: TextContext): Section | null {
  const section = new EqualsList(line.number, context);
  return section.take(line) ? section : null;
}

class EqualsList implements Section {
  readonly #line: number;
  readonly #title: string;
  readonly #context: TextContext;
  readonly #values: number[] = [];

  constructor(line: number, context: TextContext) {
    this.#line = line;
    this.#title = context.titles.at(-1) ?? '';
    this.#context = context;
  }

  take(line: Line): boolean {
    const found = /^\s+[^=]{1,80}=\s{0,20}(\d{1,20})\s*$/u.exec(line.text);
    if (found && this.#values.length < 40) this.#values.push(Number(found[1]));
    return found !== null;
  }

  close(): void {
    const isTcp = /(?<!\p{L})tcp(?!\p{L})/iu.test(this.#title);
    if (isTcp && this.#values.length >= WINDOWS_COUNTERS) {
      mibStatistics(this.#values, this.#title, this.#line, this.#context);
    }
  }
}

/** `netstat -s` of Linux: numbers first, under `Tcp:`. */
export function openLinuxStatistics(line: Line, context: TextContext): Section | null {
  return /^Tcp:\s*$/.test(line.text) ? new LinuxStatistics(line.number + 1, context) : null;
}

class LinuxStatistics implements Section {
  readonly #line: number;
  readonly #context: TextContext;
  readonly #values: number[] = [];

  constructor(line: number, context: TextContext) {
    this.#line = line;
    this.#context = context;
  }

  take(line: Line): boolean {
    const found = /^\s+(\d{1,20})\s\D/u.exec(line.text);
    if (found && this.#values.length < 40) this.#values.push(Number(found[1]));
    return found !== null;
  }

  close(): void {
    mibStatistics(this.#values.slice(0, WINDOWS_COUNTERS), 'Tcp', this.#line, this.#context);
  }
}
