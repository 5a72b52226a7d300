/** The folder of `--out` holds a whole result or what it held before, whatever happens. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CLI, portledger } from './portledger.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/exhaustion.pcap');
const FILES = ['ports.parquet', 'report.html', 'report.json', 'reuses.parquet', 'sessions.parquet', 'windows.parquet'];

const folder = mkdtempSync(join(tmpdir(), 'portledger-'));
after(() => rmSync(folder, { recursive: true }));

/** Starts an analysis that takes a while, and ends it by the signal when it has begun to write. */
async function interrupted(out: string, signal: NodeJS.Signals): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, 'analyze', ...Array(10).fill(EXAMPLE), '--out', out], {
    stdio: 'ignore',
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  while (!existsSync(out) || readdirSync(out).every((name) => !name.startsWith('.'))) {
    assert.equal(child.exitCode, null);
    await delay(5);
  }
  child.kill(signal);
  return (await closed)[0];
}

describe('analyze --out', () => {
  it('writes report and tables, and replaces those of an earlier run', async () => {
    const out = join(folder, 'whole');
    mkdirSync(out);
    writeFileSync(join(out, 'report.json'), 'of an earlier run');
    const { status } = await portledger('analyze', EXAMPLE, '--out', `${folder}/made/../whole`);
    assert.equal(status, 0);
    assert.deepEqual(readdirSync(folder), ['whole']);
    assert.deepEqual(readdirSync(out).sort(), FILES);
    assert.equal(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).summary.code, 'port-exhaustion');
  });

  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`leaves nothing behind on ${signal}`, async () => {
      assert.equal(await interrupted(join(folder, 'new', 'folder'), signal), status);
      assert.equal(existsSync(join(folder, 'new')), false);
      const old = join(folder, signal);
      mkdirSync(old);
      writeFileSync(join(old, 'report.json'), 'of an earlier run');
      assert.equal(await interrupted(old, signal), status);
      assert.deepEqual(readdirSync(old), ['report.json']);
      assert.equal(readFileSync(join(old, 'report.json'), 'utf8'), 'of an earlier run');
    });
  }

  it('is refused where no folder can be made', { skip: process.platform !== 'linux' }, () => {
    const args = [CLI, 'analyze', EXAMPLE, '--out', '/proc/portledger/out'];
    const guard = { timeout: 60_000, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync(process.execPath, args, guard);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^portledger: --out: ENOENT.*\(option-invalid\)$/m);
  });

  it('takes away only what it made', async () => {
    const out = join(folder, 'kept', 'inner');
    mkdirSync(join(folder, 'kept'));
    const { status } = await portledger('analyze', CLI, '--out', out);
    assert.equal(status, 1);
    assert.deepEqual(readdirSync(join(folder, 'kept')), []);
  });
});
