/**
 * One process per data directory: the embedded database opens a folder that another process has open, and loses rows.
 * The lock is a local socket that its holder listens on for life. A kernel closes the sockets of a killed process, so
 * a socket that refuses connections is a dead one's and is taken over; no process id is trusted.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PortledgerError } from '../errors.ts';
import { absentAsNull, FILE_MODE, makeFolder } from './files.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

/** Makes the folder when it is missing. Throws `data-directory-in-use` with its name when another process has it. */
export async function lockDirectory(folder: string): Promise<DirectoryLock> {
  await makeFolder(folder);
  const address = addressOf(folder);
  for (let tries = 0; tries < TRIES; tries++) {
    const server = await listen(address);
    if (server !== null) return { release: () => close(server) };
    if (await answers(address)) break;
    await removeStale(address);
  }
  throw new PortledgerError('data-directory-in-use', `another process works on the data directory ${folder}`);
}

const TRIES = 20;

/** sockaddr_un holds 108 bytes on Linux and 104 elsewhere, the closing zero among them. */
const LONGEST_ADDRESS = 100;

function addressOf(folder: string): string {
  const real = realpathSync(folder);
  const digest = createHash('sha256').update(real).digest('hex').slice(0, 32);
  if (process.platform === 'win32') return `\\\\.\\pipe\\portledger-${digest}`;
  const inside = join(real, 'lock.sock');
  const shortest = [inside, relative(process.cwd(), inside)].sort((a, b) => a.length - b.length)[0]!;
  return Buffer.byteLength(shortest) <= LONGEST_ADDRESS ? shortest : join(tmpdir(), `portledger-${digest}.sock`);
}

/** Null when the address is taken, by whomever. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(address, () => resolve(server.unref()));
  });
}

/** Whether somebody listens. The kernel accepts for a process that is busy, so this does not wait for one. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    // Anything but a refusal (a full backlog, no permission) says that somebody may be there.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => settle(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

/** Whoever dies while it removes a stale socket leaves its guard; nobody needs so long for it. */
const GUARD_EXPIRES_MS = 5000;

/**
 * Of several processes that find a stale socket, a slow one must not remove the socket that a quick one has made
 * since: removing is done under a guard, and after asking once more.
 */
async function removeStale(address: string): Promise<void> {
  const guard = `${address}.taking`;
  if (!(await takeGuard(guard))) return;
  try {
    if (!(await answers(address))) await rm(address, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function takeGuard(guard: string): Promise<boolean> {
  try {
    await (await open(guard, 'wx', FILE_MODE)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = await stat(guard).catch(absentAsNull);
  if (found !== null && Date.now() - found.mtimeMs > GUARD_EXPIRES_MS) await rm(guard, { force: true });
  await delay(50);
  return false;
}

/** Node removes the socket's file with it. */
const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));
