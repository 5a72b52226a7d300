/** Every kind of bad file has its code and a sentence with its numbers, and what was read before it stands. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../../../src/errors.ts';
import { ethernet, ipv4, tcp } from '../../builders/headers.ts';
import { join, text, u32, u64 } from '../../builders/octets.ts';
import { pcap } from '../../builders/pcap-file.ts';
import {
  block,
  enhancedPacket,
  FIRST_TICKS,
  interfaceDescription,
  sectionHeader,
  simplePacket,
} from '../../builders/pcapng-file.ts';
import { read } from './read.ts';

const SYN = ethernet(0x0800, ipv4({}, tcp({})));
const TWO = pcap({}, [{ frame: SYN }, { frame: SYN }]);
const NG = join(sectionHeader(), interfaceDescription(), enhancedPacket({ frame: SYN }));
const RECORD = 16 + SYN.length;

interface Bad {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly code: ErrorCode;
  readonly offset: number | null;
  /** Both numbers of it. */
  readonly message: RegExp;
  readonly packets: number;
  /** True where the file was read to its end all the same. */
  readonly complete?: boolean;
}

const LATE = 2n ** 63n;

const BAD: readonly Bad[] = [
  {
    name: 'an empty file',
    bytes: new Uint8Array(0),
    code: 'capture-empty',
    offset: 0,
    message: /0 octets/,
    packets: 0,
  },
  {
    name: 'a text file',
    bytes: text('Active Connections\n'),
    code: 'capture-not-recognised',
    offset: 0,
    message: /begins with 41 63 74 69/,
    packets: 0,
  },
  {
    name: 'three octets',
    bytes: TWO.subarray(0, 3),
    code: 'capture-not-recognised',
    offset: 0,
    message: /begins with d4 c3 b2,/,
    packets: 0,
  },
  {
    name: 'a file cut in its header',
    bytes: TWO.subarray(0, 20),
    code: 'file-header-cut',
    offset: 0,
    message: /20 of 24/,
    packets: 0,
  },
  {
    name: 'a pcap cut in its last record',
    bytes: TWO.subarray(0, TWO.length - 1),
    code: 'record-cut',
    offset: 24 + RECORD,
    message: new RegExp(`${RECORD - 1} of ${RECORD} octets`),
    packets: 1,
  },
  {
    name: 'a pcapng cut in its last block',
    bytes: NG.subarray(0, NG.length - 5),
    code: 'record-cut',
    offset: 48,
    message: /83 of 88/,
    packets: 0,
  },
  {
    name: 'a record beyond the ceiling',
    bytes: join(TWO, pcap({}, [{ frame: SYN, capturedLength: 262_145 }]).subarray(24), new Uint8Array(262_145)),
    code: 'record-length-invalid',
    offset: TWO.length,
    message: /262145.*262144/,
    packets: 2,
  },
  {
    name: 'a packet longer than its block',
    bytes: join(NG, enhancedPacket({ frame: SYN, capturedLength: 57 })),
    code: 'record-length-invalid',
    offset: NG.length,
    message: /57.*56/,
    packets: 1,
  },
  {
    name: 'a block below its least length',
    bytes: join(NG, block(6, new Uint8Array(0), true, 11), new Uint8Array(40)),
    code: 'block-length-invalid',
    offset: NG.length,
    message: /length 11; from 12/,
    packets: 1,
  },
  {
    name: 'a block beyond the ceiling',
    bytes: join(NG, block(6, new Uint8Array(0), true, 16_777_217)),
    code: 'block-length-invalid',
    offset: NG.length,
    message: /16777217.*16777216/,
    packets: 1,
  },
  {
    name: 'a packet block too short for a packet',
    bytes: join(NG, block(6, new Uint8Array(16))),
    code: 'block-length-invalid',
    offset: NG.length,
    message: /length 28; from 32/,
    packets: 1,
  },
  {
    name: 'a block whose end says another length',
    bytes: join(NG, block(6, new Uint8Array(8)).subarray(0, 16), u32(24, true)),
    code: 'block-length-invalid',
    offset: NG.length,
    message: /length 20, and 24/,
    packets: 1,
  },
  {
    name: 'a section of neither byte order',
    bytes: join(NG, block(0x0a0d0d0a, new Uint8Array(16))),
    code: 'section-header-invalid',
    offset: NG.length,
    message: /0x00000000, not 0x1a2b3c4d/,
    packets: 1,
  },
  {
    name: 'a section of another version',
    bytes: join(NG, sectionHeader(true, [], 2)),
    code: 'section-header-invalid',
    offset: NG.length,
    message: /version 2.*version 1/,
    packets: 1,
  },
  {
    name: 'a packet of an interface that is not described',
    bytes: join(NG, enhancedPacket({ frame: SYN, number: 1 })),
    code: 'interface-undescribed',
    offset: NG.length,
    message: /interface 1.*describes 1/,
    packets: 1,
  },
  {
    name: 'a simple packet without an interface',
    bytes: join(sectionHeader(), simplePacket(SYN)),
    code: 'interface-undescribed',
    offset: 28,
    message: /interface 0.*describes 0/,
    packets: 0,
  },
  {
    name: 'a file of an unknown link type',
    bytes: pcap({ linkType: 178 }, [{ frame: SYN }]),
    code: 'link-type-unsupported',
    offset: null,
    message: /178 \(LINKTYPE_178\)/,
    packets: 1,
    complete: true,
  },
  {
    name: 'a time that cannot be told',
    bytes: join(NG, enhancedPacket({ frame: SYN, ticks: LATE }), enhancedPacket({ frame: SYN })),
    code: 'timestamp-out-of-range',
    offset: NG.length,
    message: /9223372036854 s.*402300800 s/,
    packets: 3,
    complete: true,
  },
  {
    name: 'a time before 1970',
    bytes: join(
      sectionHeader(),
      interfaceDescription(1, 0, [[14, u64(-1_700_000_001n, true)]]),
      enhancedPacket({ frame: SYN, ticks: FIRST_TICKS }),
    ),
    code: 'timestamp-out-of-range',
    offset: 64,
    message: /Unix time -1 s/,
    packets: 1,
    complete: true,
  },
];

describe('bad input', () => {
  for (const { name, bytes, code, offset, message, packets, complete = false } of BAD) {
    it(`${name}: ${code}`, () => {
      for (const chunks of [[], [1], [7, 64]]) {
        const { summary } = read(bytes, chunks);
        assert.equal(summary.error?.code, code);
        assert.equal(summary.error.offset, offset);
        assert.match(summary.error.message, message);
        assert.equal(summary.packets, packets);
        assert.equal(summary.complete, complete);
        assert.deepEqual(read(TWO, chunks).summary.synPackets, 2, 'a good file after it');
      }
    });
  }

  it('gives packets without a time that can be told no time', () => {
    const { segments, summary } = read(BAD.find(({ name }) => name === 'a time that cannot be told')!.bytes);
    assert.deepEqual(
      segments.map(({ time }) => time),
      [0, Number.NaN, 0],
    );
    assert.deepEqual(summary.oddities, { 'time-out-of-range': 1 });
  });

  it('stops looking at what is fed after an error', () => {
    const { summary } = read(join(text('no capture at all'), TWO), [4]);
    assert.equal(summary.packets, 0);
  });
});
