import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { ReadingOutcome } from '../../src/analysis/reading.ts';
import { type SegmentBlock, TupleSegment } from '../../src/analysis/segment/segment-block.ts';
import { PortledgerError } from '../../src/errors.ts';
import type { CapturePlace } from '../../workers/open-captures.ts';
import { readHere } from '../../workers/reading.ts';
import { ThreadedReading } from '../../workers/threaded-reading.ts';
import { ethernet, ipv4, ipv6, tcp } from '../builders/headers.ts';
import { pcap } from '../builders/pcap-file.ts';

const readOnThread: typeof readHere = async (places, take, onProgress) => {
  const reading = new ThreadedReading(places);
  return reading.run(take, onProgress).finally(() => reading.stop());
};

const folder = mkdtempSync(join(tmpdir(), 'portledger-thread-'));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array): CapturePlace {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, name };
}

const kept = (name: string): CapturePlace => ({
  path: join(import.meta.dirname, '../../../test/captures', name),
  name,
});

/** One capture with so many TCP packets: each a microsecond after the one before. */
function many(packets: number): Uint8Array {
  const frame = ethernet(0x0800, ipv4({}, tcp({ sourcePort: 50_000, destinationPort: 3200, flags: 0x10 })));
  const [header, record] = [pcap({}, []), pcap({}, [{ frame }]).subarray(24)];
  const bytes = new Uint8Array(header.length + packets * record.length);
  const view = new DataView(bytes.buffer);
  bytes.set(header);
  for (let packet = 0; packet < packets; packet++) {
    const at = header.length + packet * record.length;
    bytes.set(record, at);
    view.setUint32(at + 4, packet, true);
    view.setUint32(at + 16 + 14 + 20 + 4, packet * 1000);
  }
  return bytes;
}

interface Heard {
  readonly outcome: ReadingOutcome;
  readonly segments: number;
  /** Over every field of every segment, in their order. */
  readonly digest: number;
  readonly packets: number;
}

async function hear(read: typeof readHere, places: readonly CapturePlace[]): Promise<Heard> {
  const segment = new TupleSegment();
  const heard = { segments: 0, digest: 0, packets: 0 };
  const take = (block: SegmentBlock) => {
    for (let index = 0; index < block.count; index++) {
      block.get(index, segment);
      heard.segments++;
      for (const value of Object.values(segment)) heard.digest = Math.imul(heard.digest ^ Number(value), 0x01000193);
    }
  };
  const outcome = await read(places, take, ({ packets }) => {
    heard.packets = packets;
  });
  return { outcome, ...heard };
}

describe('reading on a thread of its own', () => {
  const captures: Readonly<Record<string, readonly CapturePlace[]>> = {
    'a capture': [kept('healthy_wide__ng.pcapng')],
    'a compressed capture': [kept('healthy_wide__zst.pcap.zst')],
    'a capture that is cut': [kept('leak_never_closed__cut.pcap')],
    'captures that overlap': [kept('close_wait.pcap'), kept('healthy_wide__gz.pcap.gz'), kept('close_wait.pcap')],
    'more segments than the ring holds': [written('many.pcap', many(100_000))],
    'a capture without TCP': [written('none.pcap', pcap({}, [{ frame: ethernet(0x0806, new Uint8Array(28)) }]))],
    'IPv6 addresses': [
      written('v6.pcap', pcap({}, [{ frame: ethernet(0x86dd, ipv6({ source: '2001:db8::1' }, tcp({}))) }])),
    ],
  };
  for (const [name, places] of Object.entries(captures)) {
    it(`hands the same segments on, and the same facts: ${name}`, async () => {
      const here = await hear(readHere, places);
      const there = await hear(readOnThread, places);
      assert.deepEqual({ ...there, packets: here.packets }, here);
      assert.ok(here.segments > 0 || name === 'a capture without TCP');
      assert.ok(there.packets <= here.packets);
    });
  }

  it('refuses what the other refuses, with the same error', async () => {
    for (const place of [written('text.txt', new TextEncoder().encode('no capture at all')), kept('missing.pcap')]) {
      const errors: unknown[] = [];
      for (const read of [readHere, readOnThread]) {
        await hear(read, [place]).catch((error: unknown) => errors.push(error));
      }
      const [here, there] = errors;
      assert.ok(here instanceof PortledgerError && there instanceof PortledgerError);
      assert.deepEqual([there.code, there.message, there.offset], [here.code, here.message, here.offset]);
    }
  });

  it('ends with the error of whoever takes the segments, and the thread with it', async () => {
    const places = [written('stopped.pcap', many(100_000))];
    const stop = () => {
      throw new PortledgerError('analysis-memory', 'enough');
    };
    await assert.rejects(
      readOnThread(places, stop, () => {}),
      { code: 'analysis-memory' },
    );
    await assert.rejects(
      readOnThread(places, () => {}, stop),
      { code: 'analysis-memory' },
    );
  });

  it('hears of a thread that broke down', async () => {
    const places = null as unknown as CapturePlace[];
    await assert.rejects(
      readOnThread(
        places,
        () => {},
        () => {},
      ),
      TypeError,
    );
  });
});
