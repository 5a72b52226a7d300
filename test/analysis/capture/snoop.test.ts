import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ethernet, ipv4, tcp } from '../../builders/headers.ts';
import { join } from '../../builders/octets.ts';
import { snoop } from '../../builders/snoop-file.ts';
import { read } from './read.ts';

const ODD_LENGTH = ethernet(0x0800, ipv4({}, tcp({}, new Uint8Array(3))));
const RECORDS = [
  { frame: ODD_LENGTH, seconds: 1000, microseconds: 7, drops: 0 },
  { frame: ODD_LENGTH, seconds: 1001, microseconds: 8, drops: 12, wireLength: 900 },
];

describe('snoop', () => {
  it('gives frames, times and the drops it has counted', () => {
    const { summary, segments, timeline } = read(snoop(RECORDS), [30]);
    assert.equal(timeline.baseSeconds, 1000);
    assert.deepEqual(
      segments.map(({ frame, time, length, wireLength }) => [frame, time, length, wireLength]),
      [
        [1, 7000, 3, ODD_LENGTH.length],
        [2, 1e9 + 8000, 3, 900],
      ],
    );
    assert.deepEqual([summary.format, summary.complete, summary.dropped], ['snoop', true, 12]);
    assert.equal(summary.interfaces[0]!.linkType, 'ETHERNET');
  });

  it('names data links that are not read', () => {
    const { summary } = read(snoop(RECORDS, 5));
    assert.equal(summary.error?.code, 'link-type-unsupported');
    assert.match(summary.error.message, /5 \(SNOOP_5\)/);
    assert.equal(summary.packets, 2);
  });

  it('stops at a record that cannot be', () => {
    const file = (record: object) => read(join(snoop(RECORDS), snoop([{ ...RECORDS[0]!, ...record }]).subarray(16)));
    const short = file({ recordLength: 80 });
    assert.equal(short.summary.error?.code, 'record-length-invalid');
    assert.match(short.summary.error.message, /length 80, and 57 octets/);
    const long = file({ capturedLength: 300_000, recordLength: 300_024 });
    assert.match(long.summary.error!.message, /300000 octets in 300024; no packet has more than 262144/);
    assert.deepEqual([short.summary.packets, long.summary.packets], [2, 2]);
  });

  it('reads version 2 alone', () => {
    assert.equal(read(snoop(RECORDS, 4, 3)).summary.error?.code, 'capture-format-unsupported');
  });

  it('cut in its last record says so', () => {
    const whole = snoop(RECORDS);
    const { summary } = read(whole.subarray(0, whole.length - 1));
    assert.deepEqual([summary.error?.code, summary.packets, summary.complete], ['record-cut', 1, false]);
  });
});
