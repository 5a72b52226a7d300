/** What holds for every file, however it is cut into chunks, cut short or turned round. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ERRORS } from '../../../src/errors.ts';
import { ethernet, ipv4, ipv6, tcp, udp } from '../../builders/headers.ts';
import { join, u32 } from '../../builders/octets.ts';
import { pcap } from '../../builders/pcap-file.ts';
import {
  block,
  enhancedPacket,
  FIRST_TICKS,
  interfaceDescription,
  interfaceStatistics,
  obsoletePacket,
  sectionHeader,
  simplePacket,
} from '../../builders/pcapng-file.ts';
import { type ReadCapture, read } from './read.ts';

const FRAMES = [
  ethernet(0x0800, ipv4({}, tcp({ flags: 0x02, options: Uint8Array.of(2, 4, 5, 180) }))),
  ethernet(0x86dd, ipv6({}, tcp({ flags: 0x12 }))),
  ethernet(0x0806, new Uint8Array(28)),
  ethernet(0x0800, ipv4({ protocol: 17 }, udp(53, new Uint8Array(9)))),
  ethernet(0x0800, ipv4({ identification: 0 }, tcp({ flags: 0x18 }, new Uint8Array(300)))),
];

function smallPcap(little: boolean, nanoseconds = false): Uint8Array {
  return pcap(
    { little, nanoseconds },
    FRAMES.map((frame, index) => ({ frame, fraction: index })),
  );
}

function smallPcapng(little: boolean): Uint8Array {
  return join(
    sectionHeader(little),
    interfaceDescription(1, 0, [], little),
    ...FRAMES.map((frame, index) => enhancedPacket({ frame, ticks: FIRST_TICKS + BigInt(index) }, little)),
    block(0x99, new Uint8Array(21), little),
    obsoletePacket({ frame: FRAMES[0]! }, 2, little),
    simplePacket(FRAMES[0]!, FRAMES[0]!.length, little),
    interfaceStatistics(0, [[5, u32(0)]], little),
  );
}

const FILES = [smallPcap(true), smallPcap(false), smallPcap(true, true), smallPcapng(true), smallPcapng(false)];
const GOOD = read(FILES[0]!);

/** Everything that a reader gives back. */
function outcome({ summary, segments, timeline }: ReadCapture) {
  return { summary, segments, base: timeline.baseSeconds };
}

describe('every capture', () => {
  it('reads the same in any chunks', () => {
    const whole = FILES.map((file) => outcome(read(file)));
    const chunks = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.nat(FILES.length - 1), chunks, (index, lengths) => {
        assert.deepEqual(outcome(read(FILES[index]!, lengths)), whole[index]);
      }),
    );
    FILES.forEach((file, index) => {
      assert.deepEqual(outcome(read(file, [1])), whole[index]);
    });
  });

  it('reads the same in either byte order', () => {
    assert.deepEqual(outcome(read(smallPcap(true))), outcome(read(smallPcap(false))));
    assert.deepEqual(outcome(read(smallPcapng(true))), outcome(read(smallPcapng(false))));
  });

  it('cut anywhere gives the records before the cut, or a code; and the next file is read as ever', () => {
    for (const file of FILES) {
      const whole = read(file);
      for (let length = 0; length < file.length; length++) {
        const { summary, segments } = read(file.subarray(0, length), [64]);
        const count = segments.length;
        assert.deepEqual(segments, whole.segments.slice(0, count));
        if (summary.error === null) assert.ok(summary.complete);
        else assert.ok(summary.error.code in ERRORS && !summary.complete);
        assert.ok(length === 0 || summary.error?.code !== 'capture-empty');
      }
      assert.deepEqual(outcome(read(FILES[0]!)), outcome(GOOD));
    }
  });

  it('with octets changed gives a result or a code; and the next file is read as ever', () => {
    const change = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.nat(FILES.length - 1), change, (index, changes) => {
        const file = Uint8Array.from(FILES[index]!);
        for (const [at, value] of changes) file[at % file.length] = value;
        const { summary, segments } = read(file, [100]);
        assert.equal(segments.length, summary.tcpSegments);
        assert.ok(summary.tcpSegments <= summary.packets);
        if (summary.error !== null) assert.ok(summary.error.code in ERRORS);
        assert.deepEqual(outcome(read(FILES[0]!)), outcome(GOOD));
      }),
      { numRuns: 500 },
    );
  });
});
