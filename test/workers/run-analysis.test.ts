/** From files to report: compression, several files as one timeline, and what is refused. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Report } from '../../src/contract/report.ts';
import { PortledgerError } from '../../src/errors.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'test', 'captures');
const FILE_HEADER = 24;
const RECORD_HEADER = 16;

const folder = mkdtempSync(join(tmpdir(), 'portledger-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const captured = (name: string) => readFileSync(join(CAPTURES, name));

function file(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function analyse(...paths: string[]): Promise<Report> {
  const captures = paths.map((path) => ({ path, name: path.split('/').at(-1)!, sha256: null }));
  return (await runAnalysis({ captures, evidence: [], options: {}, out: null }, () => {})).report;
}

async function refusal(...paths: string[]): Promise<string> {
  const error = await analyse(...paths).then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof PortledgerError, String(error));
  return `${error.code}: ${error.message}`;
}

/** What does not depend on how the packets were cut into files. */
function figures({ summary, totals, clients, targets, findings }: Report) {
  return {
    summary,
    totals,
    clients,
    targets,
    findings: findings.map(({ code, verdict, client, remote, evidence }) => [
      code,
      verdict,
      client,
      remote,
      evidence.numbers,
    ]),
  };
}

/** The records of a little-endian pcap, dealt to as many files as `dealTo` says. */
function dealt(capture: Buffer, dealTo: (record: number) => number, files: number): Buffer[] {
  const parts: Buffer[][] = Array.from({ length: files }, () => [capture.subarray(0, FILE_HEADER)]);
  for (let at = FILE_HEADER, record = 0; at < capture.length; record++) {
    const end = at + RECORD_HEADER + capture.readUInt32LE(at + 8);
    parts[dealTo(record)]!.push(capture.subarray(at, end));
    at = end;
  }
  return parts.map((part) => Buffer.concat(part));
}

describe('compressed captures', () => {
  it('say the same as their capture', async () => {
    const plain = figures(await analyse(join(CAPTURES, 'exhaustion_one_remote.pcap')));
    for (const name of ['gz.pcap.gz', 'zst.pcap.zst', 'ng_gz.pcapng.gz', 'ng_zst.pcapng.zst']) {
      const report = await analyse(join(CAPTURES, `exhaustion_one_remote__${name}`));
      assert.deepEqual(figures(report), plain, name);
      assert.equal(report.captures[0]!.compression, name.endsWith('gz') ? 'gzip' : 'zstd');
    }
  });

  it('that are cut are read up to there, and say so', async () => {
    for (const name of ['gz.pcap.gz', 'zst.pcap.zst']) {
      const whole = captured(`exhaustion_one_remote__${name}`);
      const { captures, totals } = await analyse(file(`cut.${name}`, whole.subarray(0, whole.length - 20_000)));
      assert.equal(captures[0]!.complete, false, name);
      assert.equal(captures[0]!.error!.code, 'decompression-failed');
      assert.ok(totals.packets > 1000 && totals.packets < 5230, `${totals.packets} packets of ${name}`);
    }
  });

  it('that are damaged behind their last packet are read whole, and say so', async () => {
    const plain = await analyse(join(CAPTURES, 'exhaustion_one_remote.pcap'));
    const zipped = captured('exhaustion_one_remote__gz.pcap.gz');
    const badCheck = Buffer.from(zipped);
    badCheck[badCheck.length - 8]! ^= 1;
    const rubbish = Buffer.from('rubbish');
    const damaged = {
      'check.pcap.gz': badCheck,
      'rubbish.pcap.gz': Buffer.concat([zipped, rubbish]),
      'rubbish.pcap.zst': Buffer.concat([captured('exhaustion_one_remote__zst.pcap.zst'), rubbish]),
    };
    for (const [name, content] of Object.entries(damaged)) {
      const { captures, totals } = await analyse(file(name, content));
      assert.deepEqual(totals, plain.totals, name);
      assert.equal(captures[0]!.complete, false);
      assert.equal(captures[0]!.error!.code, 'decompression-failed');
      assert.equal(captures[0]!.error!.offset, plain.captures[0]!.bytes);
    }
  });

  it('that grow out of all proportion are read up to a limit', async () => {
    const content = Buffer.concat([captured('close_wait.pcap').subarray(0, FILE_HEADER), Buffer.alloc(100 * 2 ** 20)]);
    const { captures } = await analyse(file('bomb.pcap.gz', gzipSync(content)));
    assert.equal(captures[0]!.complete, false);
    assert.equal(captures[0]!.error!.code, 'decompression-limit');
  });
});

describe('several files', () => {
  const capture = captured('leak_never_closed.pcap');
  const records = 1830;

  it('that follow each other are one timeline, in any order', async () => {
    const whole = figures(await analyse(file('whole.pcap', capture)));
    const thirds = dealt(capture, (record) => Math.floor((record * 3) / records), 3);
    const paths = thirds.map((part, index) => file(`ring-${index}.pcap`, part));
    for (const order of [
      [0, 1, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      assert.deepEqual(figures(await analyse(...order.map((index) => paths[index]!))), whole, String(order));
    }
  });

  it('that overlap are one timeline, however their packets are dealt', async () => {
    const whole = figures(await analyse(file('whole.pcap', capture)));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.nat(3), { minLength: 7, maxLength: 50 }),
        async (files, deal) => {
          const parts = dealt(capture, (record) => deal[record % deal.length]! % files, files);
          const paths = parts.map((part, index) => file(`part-${index}.pcap`, part));
          assert.deepEqual(figures(await analyse(...paths)), whole);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('keep their own frame numbers', async () => {
    const halves = dealt(capture, (record) => (record < records / 2 ? 0 : 1), 2);
    const paths = halves.map((half, index) => file(`half-${index}.pcap`, half));
    const { findings } = await analyse(paths[1]!, paths[0]!);
    const frames = findings.flatMap(({ evidence }) => evidence.frames);
    assert.ok(frames.length > 0);
    for (const { capture: index, frame } of frames) {
      assert.ok(index === 0 || index === 1);
      assert.ok(frame >= 1 && frame <= records / 2);
    }
  });
});

describe('what cannot be analysed', () => {
  it('is refused by its code, with the name of the file', async () => {
    assert.match(await refusal(join(folder, 'missing.pcap')), /^file-unreadable: missing\.pcap: /);
    assert.match(await refusal(file('empty.pcap', Buffer.alloc(0))), /^capture-empty: empty\.pcap: /);
    assert.match(
      await refusal(file('words.txt', Buffer.from('these are words, not packets'))),
      /^capture-not-recognised: words\.txt: /,
    );
    assert.match(
      await refusal(join(CAPTURES, 'close_wait.pcap'), file('words.txt', Buffer.from('words'))),
      /^capture-not-recognised: words\.txt: /,
    );
  });

  it('is a link type that is unknown everywhere; beside another capture it is told there', async () => {
    const unknown = Buffer.from(captured('close_wait.pcap'));
    unknown.writeUInt32LE(9999, 20);
    const path = file('unknown.pcap', unknown);
    assert.match(await refusal(path), /^link-type-unsupported: unknown\.pcap: .*9999/);
    const { captures, totals } = await analyse(join(CAPTURES, 'healthy_wide.pcap'), path);
    assert.equal(captures[1]!.error!.code, 'link-type-unsupported');
    assert.equal(totals.attempts, 480);
  });
});
