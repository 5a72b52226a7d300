/** Captures of a SYN whose packets name their process, and which process is read from each. */
import { ethernet, ipv4, tcp } from '../../builders/headers.ts';
import { join } from '../../builders/octets.ts';
import { enhancedPacket, interfaceDescription, type Option, sectionHeader } from '../../builders/pcapng-file.ts';
import { type ReadCapture, read } from './read.ts';

export const SYN = ethernet(0x0800, ipv4({}, tcp({})));

/** `sender 4711 name` or `receiver ...` of each segment, `none` without a process. */
export function told({ segments, processes }: ReadCapture): string[] {
  return segments.map(({ process }) => {
    if (process === 0) return 'none';
    const id = Math.abs(process);
    const name = processes.name(id);
    const who = process > 0 ? 'sender' : 'receiver';
    return `${who} ${processes.pid(id)} ${processes.source(id)}${name === null ? '' : ` ${name}`}`;
  });
}

export function section(little: boolean, blocks: readonly Uint8Array[]): Uint8Array {
  return join(sectionHeader(little), interfaceDescription(1, 0, [], little), ...blocks);
}

export function ofOptions(...packets: ReadonlyArray<readonly Option[]>): string[] {
  return told(
    read(
      section(
        true,
        packets.map((options) => enhancedPacket({ frame: SYN, options })),
      ),
    ),
  );
}
