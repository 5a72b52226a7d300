/**
 * Runs every compiled test file, or those whose path contains one of the arguments, and exits 1 when one fails. With
 * REQUIRE_ALL=yes a test that is skipped is a failure, too.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = import.meta.dirname;
const sources = join(root, '../../test');
const wanted = process.argv.slice(2);

/** The compiler leaves what it made of a source that was renamed or deleted since. */
const hasSource = (name: string) => existsSync(join(sources, name.replace(/\.js$/, '.ts')));

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.js') && hasSource(name))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .map((name) => join(root, name))
  .sort();

if (files.length === 0) {
  process.stderr.write(`no test file matches ${wanted.join(', ')}\n`);
  process.exit(1);
}

/**
 * No file takes a minute on a machine of its own; one that hangs must not hold up the others for ever. Tests have no
 * shorter limits of their own, which a busy machine would exceed.
 */
const FILE_TIMEOUT_MS = 10 * 60_000;

run({ files, concurrency: 2, timeout: FILE_TIMEOUT_MS })
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .on('test:pass', ({ name, file, skip }) => {
    if (process.env.REQUIRE_ALL !== 'yes' || skip === undefined) return;
    process.stderr.write(`REQUIRE_ALL=yes, but "${name}" in ${file} was skipped: ${skip}\n`);
    process.exitCode = 1;
  })
  .compose(new spec())
  .pipe(process.stdout);
