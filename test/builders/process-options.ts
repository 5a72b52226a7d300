/** How tools write the process of a packet into pcapng. */
import { join, type Octets, text, u32 } from './octets.ts';
import { block, type Option, options } from './pcapng-file.ts';

export type Direction = 'in' | 'out' | 'unknown';
const DIRECTIONS: readonly Direction[] = ['unknown', 'in', 'out'];

export function comment(value: string): Option {
  return [1, text(value)];
}

export function direction(value: Direction, little = true): Option {
  return [2, u32(DIRECTIONS.indexOf(value), little)];
}

/** As etl2pcapng 1.12 does, which writes both. */
export function etl2pcapng(pid: number, towards: Direction, little = true): Option[] {
  const thread = pid + 1;
  return [
    direction(towards, little),
    [8, join(u32(pid, little), u32(thread, little))],
    comment(`PID=${pid} TID=${thread}`),
  ];
}

/** As ptcpdump does: several comments, and the flags behind them. */
export function ptcpdump(pid: number, command: string, towards: Direction, little = true): Option[] {
  return [
    comment(`PID: ${pid}\nCmd: ${command}\nArgs: ${command} -x PID: 1\nCmd: no`),
    comment(`ThreadId: ${pid + 1}\nThreadName: worker`),
    comment(`ParentPID: 1\nParentCmd: /sbin/init\nParentArgs: init`),
    direction(towards, little),
  ];
}

/** Apple's process information block. */
export function processBlock(pid: number, list: readonly Option[], little = true): Octets {
  return block(0x8000_0001, join(u32(pid, little), options(list, little)), little);
}

/** Apple's options behind a packet: indices of process blocks. */
export function apple(process: number | null, effective: number | null, towards: Direction, little = true): Option[] {
  const index = (code: number, value: number | null): Option[] => (value === null ? [] : [[code, u32(value, little)]]);
  return [
    ...index(0x8001, process),
    ...index(0x8003, effective),
    direction(towards, little),
    [0x8004, u32(16, little)],
  ];
}
