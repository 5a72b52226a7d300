/** Comments in which tools name the process of a packet. */
import type { CaptureProcesses } from '../segment/capture-processes.ts';

/** `PID=4711 TID=4712 ...` of etl2pcapng, whose first releases wrote the process alone. */
const CONTEXT_MARK = 0x5049_443d; // "PID="
/** `PID: 4711`, `Cmd: /usr/bin/curl` and more lines of ptcpdump, which called the second `Command` once. */
const OWNER_MARK = 0x5049_443a; // "PID:"
const MARK = 4;
const NAME_MARK = 0x436d_643a; // "Cmd:"
const OLD_NAME_MARKS = [0x436f_6d6d, 0x616e_643a] as const; // "Comm", "and:"

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
/** Digits of the largest process id. */
const MAX_DIGITS = 10;

/** The process that ran when the packet was logged, by the comment in [at, end); 0 where it is another comment. */
export function contextIn(view: DataView, at: number, end: number, processes: CaptureProcesses): number {
  if (end - at <= MARK || view.getUint32(at) !== CONTEXT_MARK) return 0;
  return processes.context(decimal(view, at + MARK, end));
}

/** The process whose packet it is, by the comment in [at, end); 0 where it is another comment. */
export function ownerIn(view: DataView, at: number, end: number, processes: CaptureProcesses): number {
  if (end - at <= MARK || view.getUint32(at) !== OWNER_MARK) return 0;
  const pid = decimal(view, at + MARK, end);
  const name = nameAt(view, at, end);
  return processes.owner('ptcpdump', pid, view, name, lineEnd(view, name, end));
}

/** The number in [at, end) behind spaces, 0 for none. */
function decimal(view: DataView, at: number, end: number): number {
  const from = behindSpaces(view, at, end);
  let number = 0;
  for (let digit = from; digit < Math.min(end, from + MAX_DIGITS); digit++) {
    const value = view.getUint8(digit) - ZERO;
    if (value < 0 || value > 9) break;
    number = number * 10 + value;
  }
  return number;
}

/** Where the program's name begins; `end` where no line tells it. */
function nameAt(view: DataView, from: number, end: number): number {
  for (let line = lineEnd(view, from, end) + 1; line + 2 * MARK < end; line = lineEnd(view, line, end) + 1) {
    const word = view.getUint32(line);
    if (word === NAME_MARK) return behindSpaces(view, line + MARK, end);
    const old = word === OLD_NAME_MARKS[0] && view.getUint32(line + MARK) === OLD_NAME_MARKS[1];
    if (old) return behindSpaces(view, line + 2 * MARK, end);
  }
  return end;
}

function lineEnd(view: DataView, from: number, end: number): number {
  let at = from;
  while (at < end && view.getUint8(at) !== LINE_FEED) at++;
  return at;
}

function behindSpaces(view: DataView, from: number, end: number): number {
  let at = from;
  while (at < end && view.getUint8(at) === SPACE) at++;
  return at;
}
