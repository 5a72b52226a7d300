import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lockDirectory } from '../../src/store/directory-lock.ts';

const HOLDER = join(import.meta.dirname, 'hold-lock.js');

async function hold(folder: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [HOLDER, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

async function kill(child: ChildProcess) {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

describe('the lock of a data directory', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'portledger-lock-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const inUse = (folder: string) => (error: Error & { code?: string }) =>
    error.code === 'data-directory-in-use' && error.message.includes(folder);

  it('is held by one, and named to the other', async () => {
    const folder = join(root, 'made', 'here');
    const lock = await lockDirectory(folder);
    await assert.rejects(lockDirectory(folder), inUse(folder));
    await lock.release();
    assert.equal(existsSync(join(folder, 'lock.sock')), false);
    await (await lockDirectory(folder)).release();
  });

  it('is held against another process, until that is killed', async () => {
    const folder = join(root, 'killed');
    const { child, said } = await hold(folder);
    assert.equal(said, 'locked');
    await assert.rejects(lockDirectory(folder), inUse(folder));
    await kill(child);
    assert.ok(existsSync(join(folder, 'lock.sock')), 'a killed process leaves its socket');
    await (await lockDirectory(folder)).release();
  });

  it('goes to one of many that find it stale', async () => {
    const folder = join(root, 'contended');
    await kill((await hold(folder)).child);
    const holders = await Promise.all([...Array(6)].map(() => hold(folder)));
    const said = holders.map((holder) => holder.said).sort();
    await Promise.all(holders.map(({ child }) => kill(child)));
    assert.deepEqual(said, [...Array(5).fill('data-directory-in-use'), 'locked']);
  });

  it('works in a folder whose path is longer than an address of a socket may be', async () => {
    const folder = join(root, 'x'.repeat(60), 'y'.repeat(60));
    mkdirSync(folder, { recursive: true });
    const lock = await lockDirectory(folder);
    await assert.rejects(lockDirectory(folder), inUse(folder));
    await lock.release();
  });
});
