/**
 * Captures that other projects published, read here and by tshark: the figures of both, file by file. They are not ours
 * to copy; PUBLIC_CAPTURES names the folder with them and their manifest.json, and without it nothing is tested here.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type ReadCapture, type ReadSegment, read } from './read.ts';

const FOLDER = process.env.PUBLIC_CAPTURES;

/** Formats that are refused by name, by the number that the file's name begins with. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  '027': /Network General Sniffer; convert it first: editcap -F pcapng/,
  '030': /NetXRay or Sniffer for Windows; convert it first: editcap -F pcapng/,
};

/** What is read here and not by tshark, or otherwise, and why tshark is wrong or ends too soon. */
const TSHARK_DIFFERS: Readonly<Record<string, string>> = {
  '024': 'tshark ends at a Bluetooth packet shorter than its pseudo-header, two packets before the end of the file',
  '025': 'tshark takes the unaligned length of an early draft for damage',
  '038': 'tshark opens the damaged file as a MIME document',
  '066': 'tshark refuses reserved bits in the link type; the type itself is refused here',
  '073': 'tshark refuses the file for its link type; the packets are counted here',
  '076': 'tshark refuses the file for its link type; the packets are counted here',
  '077': 'tshark refuses the file for its link type; the packets are counted here',
};

/** Segments with reserved bits beside the flags, which tshark's digest holds and a segment does not. */
const RESERVED_BITS: ReadonlySet<string> = new Set(['033', '040', '093']);

interface View {
  readonly frames: number;
  readonly syn: number;
  readonly syn_ack: number;
  readonly fin: number;
  readonly rst: number;
  readonly syn_groups: number;
  readonly groups: ReadonlyArray<[client: string, remote: string, port: string, syns: number, localPorts: number]>;
  readonly tcp_sha256: string;
}

interface Listed {
  readonly name: string;
  readonly packets: number;
  readonly oracle: {
    readonly tshark: { readonly error: string | null };
    readonly records: {
      readonly min_ts: string | null;
      readonly max_ts: string | null;
      readonly backwards_steps: number;
      readonly cut_by_snaplen: number;
    };
    readonly tcp: { readonly inner: View };
  };
}

function listed(folder: string): Listed[] {
  return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).captures;
}

function assertSegments({ summary, segments }: ReadCapture, tcp: View, digest: boolean): void {
  assert.deepEqual(
    {
      frames: summary.tcpSegments,
      syn: summary.synPackets,
      syn_ack: summary.synAckPackets,
      fin: summary.finPackets,
      rst: summary.rstPackets,
    },
    { frames: tcp.frames, syn: tcp.syn, syn_ack: tcp.syn_ack, fin: tcp.fin, rst: tcp.rst },
  );
  const groups = synGroups(segments);
  assert.equal(groups.size, tcp.syn_groups);
  for (const [client, remote, port, syns, localPorts] of tcp.groups) {
    const found = groups.get(`${client} ${remote} ${port}`);
    assert.deepEqual([found?.syns, found?.localPorts.size], [syns, localPorts], `${client} to ${remote} ${port}`);
  }
  if (digest) assert.equal(segmentDigest(segments), tcp.tcp_sha256);
}

function synGroups(segments: readonly ReadSegment[]): Map<string, { syns: number; localPorts: Set<number> }> {
  const groups = new Map<string, { syns: number; localPorts: Set<number> }>();
  for (const { flags, source, destination, sourcePort, destinationPort } of segments) {
    if ((flags & 0x12) !== 0x02) continue;
    const key = `${source} ${destination} ${destinationPort}`;
    const group = groups.get(key) ?? { syns: 0, localPorts: new Set() };
    groups.set(key, { syns: group.syns + 1, localPorts: group.localPorts.add(sourcePort) });
  }
  return groups;
}

/** Frame number, both endpoints and flags of every segment. */
function segmentDigest(segments: readonly ReadSegment[]): string {
  const hash = createHash('sha256');
  for (const { frame, source, sourcePort, destination, destinationPort, flags } of segments) {
    const hex = flags.toString(16).padStart(3, '0');
    hash.update(`${frame}\t${source}\t${sourcePort}\t${destination}\t${destinationPort}\t${hex}\n`);
  }
  return hash.digest('hex');
}

function assertRecords({ summary, timeline }: ReadCapture, file: Listed): void {
  const { records, tshark } = file.oracle;
  assert.equal(summary.packets, file.packets);
  assert.equal(summary.complete, tshark.error === null);
  const { snapped = 0, 'captured-beyond-wire': beyond = 0, 'time-backwards': backwards = 0 } = summary.oddities;
  assert.equal(snapped + beyond, records.cut_by_snaplen);
  // tshark prints fractions of more than a second as it finds them, or no time at all.
  if (summary.oddities['time-fraction-invalid']) return;
  assert.equal(backwards, records.backwards_steps);
  assertTime(summary.firstTime, timeline.baseSeconds, records.min_ts);
  assertTime(summary.lastTime, timeline.baseSeconds, records.max_ts);
}

/** Decades from the base second a double is exact to a microsecond only. */
function assertTime(time: number, baseSeconds: number, expected: string | null): void {
  assert.equal(Number.isNaN(time), expected === null);
  if (expected === null) return;
  const base = BigInt(baseSeconds) * 1_000_000_000n;
  const difference = Number(BigInt(expected.replace('.', '')) - base) - time;
  assert.ok(Math.abs(difference) <= Math.abs(time) * 2 ** -52, `${time} after ${baseSeconds} is not ${expected}`);
}

describe('public captures', { skip: FOLDER === undefined ? 'PUBLIC_CAPTURES is not set' : false }, () => {
  for (const file of FOLDER === undefined ? [] : listed(FOLDER)) {
    const number = file.name.slice(0, 3);
    it(file.name, (test) => {
      const capture = read(readFileSync(join(FOLDER!, file.name)));
      const refused = REFUSED[number];
      if (refused !== undefined) {
        assert.equal(capture.summary.error?.code, 'capture-format-unsupported');
        assert.match(capture.summary.error.message, refused);
        return;
      }
      assertSegments(capture, file.oracle.tcp.inner, !RESERVED_BITS.has(number));
      if (TSHARK_DIFFERS[number] === undefined) assertRecords(capture, file);
      else test.diagnostic(TSHARK_DIFFERS[number]);
    });
  }
});
