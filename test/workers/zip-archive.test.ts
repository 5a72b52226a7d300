import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Report } from '../../src/contract/report.ts';
import { PortledgerError } from '../../src/errors.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { type ZipMember, zipOf } from '../builders/zip.ts';

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'test', 'captures');
const folder = mkdtempSync(join(tmpdir(), 'portledger-zip-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const captured = (name: string) => readFileSync(join(CAPTURES, name));
const TEXT = { name: 'README.txt', content: Buffer.from('not a capture') };

async function analyse(name: string, archive: Uint8Array): Promise<Report> {
  const path = join(folder, name);
  writeFileSync(path, archive);
  const spec = { captures: [{ path, name, sha256: null }], evidence: [], options: {}, out: null };
  return (await runAnalysis(spec, () => {})).report;
}

/** Of a little-endian pcap. */
function wholeRecords(octets: Buffer): number {
  let records = 0;
  for (let at = 24; at + 16 <= octets.length; at += 16 + octets.readUInt32LE(at + 8)) records++;
  return records - 1;
}

async function refusal(archive: Uint8Array): Promise<string> {
  const error = await analyse('refused.zip', archive).then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof PortledgerError, String(error));
  return `${error.code}: ${error.message}`;
}

describe('a zip archive', () => {
  it('is the captures that it holds, stored or deflated, as one timeline', async () => {
    const members: ZipMember[] = [
      { name: 'ring/close_wait.pcap', content: captured('close_wait.pcap') },
      { name: 'healthy.pcapng', content: captured('healthy_wide__ng.pcapng'), deflated: false },
      TEXT,
    ];
    const { captures, totals } = await analyse('two.zip', zipOf(members));
    assert.deepEqual(
      captures.map(({ name, format, compression, packets, complete }) => [
        name,
        format,
        compression,
        packets,
        complete,
      ]),
      [
        ['two.zip/ring/close_wait.pcap', 'pcap', 'zip', 2149, true],
        ['two.zip/healthy.pcapng', 'pcapng', 'zip', 4893, true],
      ],
    );
    assert.equal(totals.packets, 2149 + 4893);
  });

  it('says the same as its capture alone', async () => {
    const content = captured('leak_never_closed.pcap');
    const zipped = await analyse('leak.zip', zipOf([{ name: 'leak.pcap', content }]));
    const plain = await analyse('leak.pcap', content);
    assert.deepEqual({ ...zipped, captures: [] }, { ...plain, captures: [] });
  });

  it('without a capture is refused, and so is a damaged one', async () => {
    assert.match(await refusal(zipOf([TEXT])), /^capture-not-recognised: refused\.zip: the archive holds 1 file/);
    const cut = zipOf([{ name: 'a.pcap', content: captured('close_wait.pcap') }]).subarray(0, 20_000);
    assert.match(await refusal(cut), /^decompression-failed: refused\.zip/);
  });

  it('whose file has another check or size than the directory says is read whole, and says so', async () => {
    const content = captured('close_wait.pcap');
    const CHECK_AT = 16;
    const SIZE_AT = 24;
    for (const deflated of [true, false]) {
      for (const field of [CHECK_AT, SIZE_AT]) {
        const archive = zipOf([{ name: 'a.pcap', content, deflated }]);
        const directory = archive.indexOf('PK\x01\x02', 0, 'latin1');
        archive[directory + field]! ^= 1;
        const { captures, totals } = await analyse('wrong.zip', archive);
        assert.equal(totals.packets, 2149);
        assert.equal(captures[0]!.complete, false);
        assert.equal(captures[0]!.error!.code, 'decompression-failed');
        assert.equal(captures[0]!.error!.offset, content.length);
        assert.match(captures[0]!.error!.message, field === CHECK_AT ? /has the CRC-32/ : / octets, the file 193574$/);
      }
    }
  });

  it('that is damaged in the middle is read up to there', async () => {
    const content = captured('close_wait.pcap');
    const packed = deflateRawSync(content);
    const archive = zipOf([{ name: 'a.pcap', content }]);
    const begin = archive.indexOf(packed);
    archive.fill(0xff, begin + (packed.length >> 1), begin + packed.length);
    const sound = inflateRawSync(packed.subarray(0, (packed.length >> 1) - 1), { finishFlush: constants.Z_SYNC_FLUSH });
    const { captures } = await analyse('damaged.zip', archive);
    assert.equal(captures[0]!.complete, false);
    assert.ok(captures[0]!.packets >= wholeRecords(sound), `${captures[0]!.packets} packets`);
  });

  it('that grows out of all proportion is read up to a limit', async () => {
    const content = Buffer.concat([captured('close_wait.pcap').subarray(0, 24), Buffer.alloc(120 * 2 ** 20)]);
    const { captures } = await analyse('bomb.zip', zipOf([{ name: 'bomb.pcap', content }]));
    assert.equal(captures[0]!.complete, false);
    assert.equal(captures[0]!.error!.code, 'decompression-limit');
  });
});
