/** What `npm start` prints: an address, and a command that works as it stands. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'portledger-start-'));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const noCurl = spawnSync('curl', ['--version']).error !== undefined && 'there is no curl';

describe('the start of the service', { skip: noCurl, timeout: 120_000 }, () => {
  it('prints its address and one curl line, which submits the example', async () => {
    const service = spawn(process.execPath, [join(ROOT, 'dist/src/cli.js'), 'serve'], {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => service.once('exit', resolve));
    try {
      const lines: string[] = [];
      for await (const line of createInterface({ input: service.stdout })) if (lines.push(line) === 2) break;
      assert.match(lines[0]!, /http:\/\/127\.0\.0\.1:\d+$/);
      const answer = execFileSync('sh', ['-c', lines[1]!], { cwd: ROOT, encoding: 'utf8' });
      assert.match(answer, /"status":"(queued|active|completed)"/);
    } finally {
      service.kill('SIGTERM');
    }
    assert.equal(await ended, 0);
  });
});
