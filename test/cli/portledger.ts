/** The built command as a user starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const CLI = join(import.meta.dirname, '../../src/cli.js');

export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function portledger(...args: string[]): Promise<Answer> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { status, stdout, stderr };
}
