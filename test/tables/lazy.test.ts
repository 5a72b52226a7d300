import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { it } from 'node:test';

it('DuckDB is not loaded by importing the tables, only by using them', () => {
  const at = (name: string) => JSON.stringify(new URL(`../../src/tables/${name}.js`, import.meta.url).href);
  const script = `
    import { createRequire } from 'node:module';
    const { writeSources } = await import(${at('write')});
    await import(${at('write-tables')});
    await import(${at('reader')});
    const { cache } = createRequire(import.meta.url);
    const loaded = () => Object.keys(cache).some((path) => path.includes('duckdb'));
    const before = loaded();
    await writeSources(process.argv[1], {}, { baseSeconds: 0, digits: 6 });
    console.log(before, loaded());`;
  const folder = process.env.TMPDIR ?? '/tmp';
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script, folder], { encoding: 'utf8' });
  assert.equal(printed, 'false true\n');
});
