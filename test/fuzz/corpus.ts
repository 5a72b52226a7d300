/** Good files of every format that is read, to be spoilt. */
import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { ENCAPSULATIONS } from '../builders/encapsulations.ts';
import { ethernet, ipv4, tcp, v4 } from '../builders/headers.ts';
import { netmon } from '../builders/netmon-file.ts';
import { join, text, u64 } from '../builders/octets.ts';
import { pcap } from '../builders/pcap-file.ts';
import {
  block,
  enhancedPacket,
  FIRST_TICKS,
  interfaceDescription,
  interfaceStatistics,
  obsoletePacket,
  sectionHeader,
  simplePacket,
} from '../builders/pcapng-file.ts';
import { PKTAP_OUT, pktapV1, pktapV2 } from '../builders/pktap.ts';
import { apple, etl2pcapng, processBlock, ptcpdump } from '../builders/process-options.ts';
import { snoop } from '../builders/snoop-file.ts';

/** The beginning of a real capture is as good as the whole, and quicker. */
const MOST = 24_000;
const CAPTURES = joinPath(import.meta.dirname, '..', '..', '..', 'test', 'captures');

const SYN = ethernet(0x0800, ipv4({}, tcp({ options: Uint8Array.of(2, 4, 5, 180) })));
const LONG = ethernet(0x0800, ipv4({ identification: 0 }, tcp({ flags: 0x18 }, new Uint8Array(700))));
const FRAMES = [SYN, LONG, ethernet(0x0806, new Uint8Array(28))];

function pcapFiles(): Uint8Array[] {
  const records = FRAMES.map((frame, fraction) => ({ frame, fraction }));
  return [
    pcap({}, records),
    pcap({ little: false, nanoseconds: true }, records),
    pcap({ minorVersion: 3 }, records),
    pcap({ little: false, minorVersion: 2, linkType: 6 }, records),
    pcap({ magic: 0xa1b2cd34, recordExtra: 8 }, records),
    pcap({ magic: 0x1c0001ac, headerExtra: 4 }, records),
  ];
}

function pcapngFile(little: boolean): Uint8Array {
  const options: Array<[number, Uint8Array]> = [
    [1, text('comment')],
    [4, u64(3n, little)],
  ];
  return join(
    sectionHeader(little, [[4, text('fuzz')]]),
    interfaceDescription(1, 0, [], little),
    interfaceDescription(101, 96, [[9, Uint8Array.of(0x80 | 20)]], little),
    ...FRAMES.map((frame, index) => enhancedPacket({ frame, ticks: FIRST_TICKS + BigInt(index), options }, little)),
    block(10, new Uint8Array(40), little),
    obsoletePacket({ frame: SYN }, 1, little),
    simplePacket(SYN, SYN.length, little),
    enhancedPacket({ frame: ipv4({}, tcp({})), number: 1, ticks: 1_700_000_000n << 20n }, little),
    interfaceStatistics(0, [[5, u64(4n, little)]], little),
  );
}

function processFiles(): Uint8Array[] {
  const named = [true, false].map((little) => {
    const packets = [etl2pcapng(7, 'out', little), ptcpdump(8, '/bin/a', 'in', little), apple(0, 1, 'out', little)];
    return join(
      sectionHeader(little),
      interfaceDescription(1, 0, [], little),
      processBlock(9, [[2, text('mail')]], little),
      ...packets.map((options) => enhancedPacket({ frame: SYN, options }, little)),
    );
  });
  const fields = { flags: PKTAP_OUT, pid: 7, name: 'mail', effectivePid: 8, effectiveName: 'other' };
  const tapped = [pktapV1(fields, SYN), pktapV2(fields, SYN)];
  return [...named, ...tapped.map((frame) => pcap({ linkType: 258 }, [{ frame }]))];
}

function netmonFiles(): Uint8Array[] {
  const process = {
    pid: 4,
    path: 'C:\\a.exe',
    localPort: 1,
    remotePort: 2,
    localAddress: v4('10.0.0.1'),
    remoteAddress: v4('10.0.0.2'),
  };
  const frames = FRAMES.map((frame, index) => ({ frame, delta: BigInt(index), fileTime: 133_500_000_000_000_000n }));
  return [0, 1, 2, 3]
    .map((minor) => netmon({ minor, processes: [process] }, frames))
    .concat(netmon({ major: 1 }, frames));
}

function encapsulated(): Uint8Array[] {
  return ENCAPSULATIONS.map(({ linkType, frame }) => pcap({ linkType }, [{ frame }, { frame }]));
}

function captures(folder: string, wanted: RegExp): Uint8Array[] {
  const names = readdirSync(folder).filter((name) => wanted.test(name));
  return names.sort().map((name) => Uint8Array.from(readFileSync(joinPath(folder, name)).subarray(0, MOST)));
}

/** Built files first, then real captures; those of the folder PUBLIC_CAPTURES, too, where it is set. */
export function corpus(): Uint8Array[] {
  const folder = process.env.PUBLIC_CAPTURES;
  return [
    ...pcapFiles(),
    pcapngFile(true),
    pcapngFile(false),
    snoop(FRAMES.map((frame, index) => ({ frame, seconds: 1000 + index }))),
    ...processFiles(),
    ...netmonFiles(),
    ...encapsulated(),
    ...captures(CAPTURES, /\.(pcap|pcapng)$/),
    ...(folder === undefined ? [] : captures(folder, /^\d{3}-/)),
  ];
}
