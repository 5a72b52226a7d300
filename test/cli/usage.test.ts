import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseKeyHashes } from '../../src/http/keys.ts';
import { ethernet, ipv4, tcp } from '../builders/headers.ts';
import { pcap } from '../builders/pcap-file.ts';
import { portledger } from './portledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'portledger-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const syn = ethernet(
  0x0800,
  ipv4({ source: '10.1.1.10', destination: '10.2.0.1' }, tcp({ sourcePort: 50000, destinationPort: 3200, flags: 2 })),
);
const bytes = pcap({}, [{ frame: syn }]);
const capture = file('one-syn.pcap', bytes);
const text = file('no-capture.txt', 'no capture');
const pipe = join(folder, 'pipe');
execFileSync('mkfifo', [pipe]);

describe('the command line', () => {
  it('says in one line what is wrong with its words, and exits 2', async () => {
    const cases: [args: string[], part: RegExp][] = [
      [['analyze'], /at least one capture/],
      [['analyze', capture, '--bogus'], /--bogus/],
      [['analyze', capture, '--json=yes'], /--json/],
      [['analyze', capture, '--time-wait'], /--time-wait/],
      [['analyze', capture, '--time-wait', '-5'], /"-5"/],
      [['analyze', capture, '--time-wait', '0x10'], /"0x10"/],
      [['analyze', capture, '--port-range', '2-1'], /--port-range: 2-1/],
      [['analyze', capture, '--client', 'here'], /--client: "here"/],
      [['analyze', capture, '--event', 'now'], /--event: "now"/],
      [['analyze', capture, '--utc-offset', '-5'], /--utc-offset: "-5"/],
      [['analyze', capture, '--out', capture], /--out: EEXIST/],
      [['analyze', capture, '--out='], /--out: a folder has a name/],
      [['submit', capture, '--url', 'http://127.0.0.1:9', '--time-wait', 'x'], /"x"/],
      [['submit', capture, '--url', 'ftp://127.0.0.1'], /--url/],
      [['submit', capture, '--url', 'http://127.0.0.1:9', '--label', 'a=1', '--label', 'a=2'], /"a" is given twice/],
      [['submit', capture, '--url', 'http://127.0.0.1:9', '--label', `${'n'.repeat(65)}=`], /--label: .*65 characters/],
      [['key', 'a', 'b'], /one NAME/],
      [['serve', '--port'], /"--port"/],
    ];
    await Promise.all(
      cases.map(async ([args, part]) => {
        const { status, stdout, stderr } = await portledger(...args);
        assert.equal(status, 2, `${args}: ${stderr}`);
        assert.equal(stdout, '');
        assert.match(stderr, /^portledger: [^\n]+\n$/);
        assert.match(stderr, part);
      }),
    );
  });

  it('says in one line what is wrong with its files, and exits 1', async () => {
    const damaged = gzipSync(bytes);
    damaged.fill(0xff, 10, 40); // No block of Deflate begins so: nothing comes out of it.
    const cases: [args: string[], part: RegExp][] = [
      [[join(folder, 'missing.pcap')], /missing\.pcap: ENOENT/],
      [[folder], /a folder/],
      [['/dev/null'], /a device/],
      [[pipe], /pipe: a pipe/],
      [[capture, '--evidence', pipe], /pipe: a pipe/],
      [[capture, '--evidence', '/dev/zero'], /zero: a pipe or a device/],
      [[capture, '--evidence', folder], /a folder/],
      [[text], /no-capture\.txt: the file begins with 6e 6f/],
      [[capture, text, '--json'], /no-capture\.txt/],
      [[file('damaged.gz', damaged)], /damaged\.gz: .*decompression-failed/],
      [[text, '--out', join(folder, 'made', 'here')], /no-capture\.txt/],
    ];
    await Promise.all(
      cases.map(async ([args, part]) => {
        const { status, stdout, stderr } = await portledger('analyze', ...args);
        assert.equal(status, 1, `${args}: ${stderr}`);
        assert.equal(stdout, '');
        assert.match(stderr, /^portledger: [^\n]+\n$/);
        assert.match(stderr, part);
      }),
    );
    assert.equal(existsSync(join(folder, 'made')), false, 'a folder for nothing');
    const uploads: [path: string, part: RegExp][] = [
      [join(folder, 'missing.pcap'), /missing\.pcap: ENOENT/],
      [folder, /a folder/],
      [pipe, /pipe: a pipe/],
      [file('empty.pcap', ''), /empty\.pcap: the file holds 0 octets \(capture-empty\)/],
    ];
    for (const [path, part] of uploads) {
      const { status, stderr } = await portledger('submit', capture, path, '--url', 'http://127.0.0.1:9');
      assert.equal(status, 1);
      assert.match(stderr, /^portledger: [^\n]+\n$/);
      assert.match(stderr, part);
    }
  });

  it('takes a zone west of Greenwich in a word of its own', async () => {
    for (const zone of [['--utc-offset', '-05:30'], ['--utc-offset=-05:30']]) {
      const { status, stderr } = await portledger('analyze', capture, ...zone, '--json');
      assert.deepEqual([status, stderr], [0, '']);
    }
  });

  it('makes a key with a name or without', async () => {
    for (const [args, name] of [
      [[], /^key-[0-9a-f]{8}$/],
      [['tickets'], /^tickets$/],
    ] as const) {
      const { status, stdout } = await portledger('key', ...args);
      const [key, entry] = stdout.trim().split('\n');
      assert.equal(status, 0);
      assert.match(parseKeyHashes(entry!).nameOf(`Bearer ${key}`)!, name);
    }
  });

  it('tells its version and its usage', async () => {
    assert.match((await portledger('--version')).stdout, /^portledger \d+\.\d+\.\d+\n$/);
    for (const help of [['--help'], ['-h'], ['analyze', '-h'], ['submit', '-h'], ['serve', '-h'], ['key', '-h']]) {
      const { status, stdout } = await portledger(...help);
      assert.equal(status, 0);
      assert.match(stdout, /^portledger/);
    }
  });
});
