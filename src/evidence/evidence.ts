import { type EvidenceFacts, emptyFacts, type UnixNanoseconds } from '../contract/evidence.ts';
import { EVIDENCE_BYTES_LIMIT } from './bounds.ts';
import { Clock } from './clock.ts';
import { learnDayFirst } from './dates.ts';
import { decodeText, detectEncoding } from './encoding.ts';
import { FactCollector } from './fact-collector.ts';
import { readJson } from './json.ts';
import { splitLines } from './lines.ts';
import { readText } from './text.ts';
import { readEventXml } from './xml.ts';

export { parseEventOption } from './event-option.ts';

export interface EvidenceOptions {
  /** `+HH:MM` for times that state no zone; without it they count as UTC and say so. */
  utcOffset?: string | undefined;
  /** A time of the capture, which settles dates such as 03/04/2025 where the file itself does not. */
  near?: UnixNanoseconds | undefined;
  /** Octets of the whole file, where what is given here are the first of them. */
  size?: number | undefined;
}

/** Files that are brought along by mistake, or need another export: told by their first octets. */
const OTHER_FILES: [string, string][] = [
  ['ElfFile\0', 'a binary event log: export it with `wevtutil qe FILE.evtx /lf:true /f:xml > events.xml`'],
  ['\xd4\xc3\xb2\xa1', 'a packet capture, not text: give it as a capture'],
  ['\xa1\xb2\xc3\xd4', 'a packet capture, not text: give it as a capture'],
  ['\x4d\x3c\xb2\xa1', 'a packet capture, not text: give it as a capture'],
  ['\x0a\x0d\x0d\x0a', 'a packet capture, not text: give it as a capture'],
  ['PK\x03\x04', 'an archive or a workbook, not text: unpack it, or save the sheet as CSV'],
  ['\x1f\x8b', 'compressed, not text: unpack it'],
];

/**
 * The facts of one companion file, whatever its format, encoding and language: they are told by content, never by the
 * name. Never throws; what cannot be read stands in `unreadable` with its line and reason.
 */
export function readEvidence(name: string, bytes: Uint8Array, options: EvidenceOptions = {}): EvidenceFacts {
  const facts = new FactCollector(name);
  const other = OTHER_FILES.find(([magic]) => Array.from(magic).every((sign, at) => bytes[at] === sign.charCodeAt(0)));
  if (other) facts.unreadable(1, other[1]);
  else readContent(bytes.subarray(0, EVIDENCE_BYTES_LIMIT), facts, options);
  const { size = bytes.length } = options;
  if (size > EVIDENCE_BYTES_LIMIT) {
    facts.unreadable(1, `${size} octets; only the first ${EVIDENCE_BYTES_LIMIT} were read`);
  }
  return facts.finish();
}

function readContent(bytes: Uint8Array, facts: FactCollector, options: EvidenceOptions): void {
  const encoding = detectEncoding(bytes);
  const pieces = () => decodeText(bytes, encoding);
  const beginning = pieces().next().value ?? '';
  const clock = new Clock(options, learnDayFirst(beginning));
  const start = beginning.slice(0, 4096).trimStart();
  const format = formatOf(start);
  if (format === 'xml') readEventXml(pieces(), facts, clock);
  else if (format === 'json') readJson(pieces(), facts, clock);
  else readText(splitLines(pieces()), facts, clock);
  if (facts.nothingFound) facts.unreadable(1, reasonForNothing(start));
}

/** The echo of a command may stand above XML and JSON; where rows of netstat stand there too, it is a log of many tools. */
function formatOf(start: string): 'xml' | 'json' | 'text' {
  if (start.startsWith('<')) return 'xml';
  if (/^\s*(?:tcp|udp)\s/im.test(start)) return 'text';
  if (/^\s*<Event[\s>]/m.test(start)) return 'xml';
  return /^\s*(?:\{|\[\s*(?:\{|\]))/m.test(start) ? 'json' : 'text';
}

function reasonForNothing(start: string): string {
  if (start === '') return 'the file is empty';
  if (start.startsWith('<Objs')) return 'CLIXML: use Export-Csv or ConvertTo-Json instead of Export-Clixml';
  if (isBinary(start)) return 'not a text file';
  return 'nothing that is known here: netstat -ano, Get-NetTCPConnection, netsh int ipv4 show, netstat -s, or events of Tcpip';
}

function isBinary(text: string): boolean {
  return Array.from(text.slice(0, 512)).some((sign) => sign < ' ' && !'\t\n\v\f\r\x1a\x1b'.includes(sign));
}

/** The facts of several files, in their order. */
export function joinEvidence(parts: readonly EvidenceFacts[]): EvidenceFacts {
  const joined = emptyFacts();
  for (const part of parts) {
    for (const key of Object.keys(joined) as (keyof EvidenceFacts)[]) {
      for (const fact of part[key]) (joined[key] as unknown[]).push(fact);
    }
  }
  return joined;
}
