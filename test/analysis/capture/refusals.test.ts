/** What is no capture that is read here, but known, is refused by name with what to do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join, text, u16, u32 } from '../../builders/octets.ts';
import { read } from './read.ts';

/** The beginning of a Windows event trace: buffer header, system header, and the log file's header. */
function eventTrace(pointerSize: 1 | 2): Uint8Array {
  const buffer = join(u32(0x10000, true), new Uint8Array(68));
  const system = join(u16(2, true), [pointerSize, 0xc0], new Uint8Array(28));
  return join(buffer, system, u32(0x10000, true), new Uint8Array(200));
}

const REFUSED: ReadonlyArray<readonly [name: string, bytes: Uint8Array, message: RegExp]> = [
  [
    'an event trace of 64 bits',
    eventTrace(2),
    /ETL.*: etl2pcapng IN\.etl OUT\.pcapng, or pktmon etl2pcap IN\.etl --out OUT\.pcapng/,
  ],
  ['an event trace of 32 bits', eventTrace(1), /ETL/],
  ['a Sniffer capture', text('TRSNIFF data    \x1a and more'), /Network General Sniffer; .*editcap -F pcapng IN OUT/],
  ['AIX iptrace', text('iptrace 2.0 and so on'), /AIX iptrace; .*editcap/],
  ['a gzip file', join([0x1f, 0x8b, 8, 0], new Uint8Array(20)), /gzip; .*gzip -d/],
  ['an xz file', join([0xfd], text('7zXZ\0'), new Uint8Array(20)), /xz; .*xz -d/],
  ['a zip archive', join(text('PK\x03\x04'), new Uint8Array(40)), /zip archive.*unzip/],
];

describe('formats that are refused', () => {
  for (const [name, bytes, message] of REFUSED) {
    it(`${name}, in any chunks`, () => {
      for (const chunks of [[], [1], [5, 90]]) {
        const { summary } = read(bytes, chunks);
        assert.equal(summary.error?.code, 'capture-format-unsupported');
        assert.match(summary.error.message, message);
        assert.equal(summary.packets, 0);
      }
    });
  }

  it('are no files that only begin alike', () => {
    for (const bytes of [text('iptables'), new Uint8Array(300), eventTrace(2).fill(0, 104, 108)]) {
      assert.equal(read(bytes).summary.error?.code, 'capture-not-recognised');
    }
  });
});
