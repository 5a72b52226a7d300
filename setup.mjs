// Makes a fresh clone ready: installs the locked packages when they are missing or older than the lockfile, then builds.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const INSTALLED = 'node_modules/.package-lock.json';

function run(command) {
  const { status } = spawnSync(command, { stdio: ['ignore', 2, 2], shell: true });
  if (status !== 0) process.exit(status ?? 1);
}

const current = existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync('package-lock.json').mtimeMs;
if (!current) run('npm ci --no-audit --no-fund --loglevel=error');
run('npm run --silent build');
