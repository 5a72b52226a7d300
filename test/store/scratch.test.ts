import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { scratchFolder, sweepScratch } from '../../src/store/scratch.ts';

describe('scratch folders', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'portledger-scratch-'));
  });
  after(() => rmSync(root, { recursive: true }));

  const yesterday = new Date(Date.now() - 86_400_000);

  it('go when their process is dead, and stay while it lives, however long', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    const [alive, dead] = [scratchFolder(root), scratchFolder(root)];
    dead.release();
    for (const { path } of [alive, dead]) {
      mkdirSync(path, { recursive: true });
      utimesSync(path, yesterday, yesterday);
    }
    context.mock.timers.tick(3_600_000);
    while (statSync(alive.path).mtime <= yesterday) await new Promise(setImmediate);
    await sweepScratch(root);
    assert.deepEqual([existsSync(alive.path), existsSync(dead.path)], [true, false]);
    alive.release();
  });

  it('are swept where none has ever been', () => sweepScratch(join(root, 'new')));
});
