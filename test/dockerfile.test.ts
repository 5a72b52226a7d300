/**
 * The Dockerfile without Docker: its COPY and RUN lines are replayed in empty folders, its CMD is started as another user
 * who may write to DATA_DIR alone, and its HEALTHCHECK asks that.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
/** Of Debian, and of nearly every other system: they own nothing. */
const NOBODY = { uid: 65534, gid: 65534 };

interface Image {
  /** Where the image's file system begins. */
  root: string;
  workdir: string;
  environment: Record<string, string>;
  user: string;
  command: string[];
  health: string[];
}

const scratch = mkdtempSync(join(tmpdir(), 'portledger-image-'));
chmodSync(scratch, 0o755);
after(() => rmSync(scratch, { recursive: true, force: true }));

function build(dockerfile: string): Image {
  const stages = new Map<string, Image>();
  let image: Image | undefined;
  for (const line of dockerfile.replaceAll('\\\n', ' ').split('\n')) {
    const [instruction, ...words] = line.trim().split(/\s+/);
    if (instruction === undefined || instruction === '' || instruction.startsWith('#')) continue;
    if (instruction === 'FROM') {
      image = emptyImage(join(scratch, `stage-${stages.size}`));
      stages.set(words[2] ?? 'final', image);
    } else apply(image!, instruction, words, stages);
  }
  return image!;
}

function emptyImage(root: string): Image {
  mkdirSync(root);
  return { root, workdir: '/', environment: {}, user: 'root', command: [], health: [] };
}

function apply(image: Image, instruction: string, words: string[], stages: ReadonlyMap<string, Image>): void {
  const inside = (path: string) => join(image.root, path.startsWith('/') ? '' : image.workdir, path);
  switch (instruction) {
    case 'WORKDIR':
      image.workdir = words[0]!;
      mkdirSync(inside(words[0]!), { recursive: true });
      return;
    case 'ENV':
      for (const word of words) image.environment[word.split('=')[0]!] = word.split('=')[1]!;
      return;
    case 'COPY':
      copy(words, stages, inside);
      return;
    case 'RUN':
      run(image, words.join(' '));
      return;
    case 'USER':
      image.user = words[0]!;
      return;
    case 'CMD':
      image.command = JSON.parse(words.join(' ')) as string[];
      return;
    case 'HEALTHCHECK':
      assert.ok(words.includes('CMD'));
      image.health = JSON.parse(words.slice(words.indexOf('CMD') + 1).join(' ')) as string[];
      return;
    case 'VOLUME':
    case 'EXPOSE':
      return;
    default:
      assert.fail(`the test does not know ${instruction}`);
  }
}

function copy(words: string[], stages: ReadonlyMap<string, Image>, inside: (path: string) => string): void {
  const from = words[0]!.startsWith('--from=') ? stages.get(words.shift()!.slice('--from='.length))!.root : ROOT;
  const target = words.pop()!;
  for (const source of words) {
    const to = words.length > 1 || target === './' ? join(inside(target), source.split('/').at(-1)!) : inside(target);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(from, source), to, { recursive: true, verbatimSymlinks: true });
  }
}

/** Absolute paths of the image are taken into its folder; its user is nobody here. */
function run(image: Image, command: string): void {
  const local = command
    .replaceAll('/data', join(image.root, 'data'))
    .replaceAll('node:node', `${NOBODY.uid}:${NOBODY.gid}`);
  const { status, stderr } = spawnSync('sh', ['-c', local], { cwd: join(image.root, image.workdir), encoding: 'utf8' });
  assert.equal(status, 0, `${command}: ${stderr}`);
}

describe('Dockerfile', () => {
  it('builds an image whose service runs as another user', {
    skip: process.getuid?.() !== 0 && 'only root may start a process as another user',
  }, async () => {
    const image = build(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
    assert.equal(image.user, 'node');
    const service = start(image, image.command, '0');
    const ended = new Promise<number | null>((resolve) => service.once('exit', resolve));
    let errors = '';
    service.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    try {
      const url = await Promise.race([firstUrl(service.stdout), ended.then(() => assert.fail(errors))]);
      const body = readFileSync(join(ROOT, 'examples/exhaustion.pcap'));
      const headers = { 'content-type': 'application/octet-stream', prefer: 'wait=30' };
      const response = await fetch(`${url}/v1/jobs?filename=example.pcap`, { method: 'POST', headers, body });
      const job = (await response.json()) as { status: string; summary: { code: string } };
      assert.equal(job.status, 'completed');
      assert.equal(job.summary.code, 'port-exhaustion');
      assert.equal(await healthAt(image, new URL(url).port), 0);
    } finally {
      service.kill('SIGTERM');
    }
    assert.equal(await ended, 0, errors);
    assert.equal(await healthAt(image, '1'), 1);
  });
});

/** As the image's user, in its folder, with its environment, but for what would meet other services here. */
function start(image: Image, [program, ...args]: string[], port: string) {
  return spawn(program === 'node' ? process.execPath : program!, args, {
    cwd: join(image.root, image.workdir),
    env: { ...image.environment, HOST: '127.0.0.1', PORT: port, DATA_DIR: join(image.root, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...NOBODY,
  });
}

/** What Docker learns: 0 is healthy, 1 is not. */
async function healthAt(image: Image, port: string): Promise<number | null> {
  const [status] = await once(start(image, image.health, port), 'exit');
  return status as number | null;
}

async function firstUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /http:\/\/[\d.:]+/.exec(line)?.[0];
    if (url !== undefined) return url;
  }
  return new Promise(() => {});
}
