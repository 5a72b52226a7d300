/** The README: its commands against a real service, and what it shows for answers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type RoleProcess, startRole } from './processes.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const CONSOLE = /^```console\n(.*?)^```/ms.exec(README)![1]!;
const EXAMPLE_URL = 'http://127.0.0.1:8080';

const folder = mkdtempSync(join(tmpdir(), 'portledger-readme-'));
after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Ids, times of the job and cursors are of their day. */
function timeless(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/"((?:created|started|finished)At)": "[^"]*"/g, '"$1": "TIME"')
    .replaceAll(/"nextCursor": "[^"]*"/g, '"nextCursor": "CURSOR"');
}

async function run(command: string): Promise<string> {
  const shell = promisify(execFile)('sh', ['-c', command], { cwd: ROOT, maxBuffer: 2 ** 24 });
  return (await shell).stdout;
}

describe('the README', () => {
  let service: RoleProcess;
  let job = '';
  before(async () => {
    service = await startRole('serve', { DATA_DIR: join(folder, 'data') });
  });
  after(async () => {
    await service.end('SIGTERM');
  });

  it('shows answers as they are', async () => {
    const steps = [...CONSOLE.matchAll(/^\$ ((?:.*\\\n)*.*) \| jq \.\n([^$]*)/gm)];
    assert.equal(steps.length, 2);
    for (const [, command = '', shown = ''] of steps) {
      const here = command.replaceAll(EXAMPLE_URL, service.url).replace(/(?<=\/jobs\/)[0-9a-f-]{36}/, job);
      const answer = JSON.parse(await run(here)) as { id?: string };
      job = answer.id ?? job;
      assert.equal(timeless(shown.trim()), timeless(JSON.stringify(answer, null, 2)));
    }
  });

  it('asks for tables that are there', async () => {
    const commands = [...README.matchAll(/^curl ('.*?\/jobs\/ID\/.*?')/gm)].map(([, address]) => address!);
    assert.equal(commands.length, 2);
    for (const address of commands) {
      const here = address.replace(EXAMPLE_URL, service.url).replace('ID', job);
      assert.ok((await run(`curl -sS --fail-with-body ${here}`)).length > 100, address);
    }
  });

  it('names variables that serve knows', async () => {
    const help = await run('node dist/src/cli.js serve --help');
    const used = /^### Running it for others$(.*?)^## /ms.exec(README)![1]!.matchAll(/`([A-Z][A-Z_]{3,})[`=]/g);
    const names = new Set([...used].map(([, name]) => name!));
    assert.ok(names.has('API_KEY_HASHES') && names.has('DATABASE_URL'));
    for (const name of names) assert.match(help, new RegExp(`^ +${name} `, 'm'));
  });
});
