/** Who may import whom: data flows one way, and the core does no I/O. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^;'"]*?\sfrom\s)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

/** The stages of the pipeline in their order: each may import those before it. */
const STAGES = ['bytes', 'segment', 'packet', 'capture', 'session', 'ledger', 'processes', 'findings', 'report'];
const BOUNDARIES = ['store', 'tables', 'records', 'queue', 'notify', 'render'];
/** What everyone may import. */
const SHARED = ['contract', 'errors.ts'];
/** Packages that only compute. */
const PURE_PACKAGES = ['ipaddr.js'];

interface Import {
  /** Path of the importing file from the root. */
  from: string;
  /** Path of the imported file from the root, or the name of a package. */
  to: string;
}

const imports: Import[] = ['src', 'workers'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => importsOf(join(folder, name))),
);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = (match[1] ?? match[2])!;
    const to = specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier;
    return { from: file, to };
  });
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function violations(isWrong: (one: Import) => boolean): string[] {
  return imports.filter(isWrong).map(({ from, to }) => `${from} imports ${to}`);
}

function isShared(to: string): boolean {
  return SHARED.some((name) => within(to, `src/${name}`));
}

describe('imports', () => {
  it('are found', () => {
    assert.ok(imports.some(({ from, to }) => from === 'src/cli.ts' && to === 'src/errors.ts'));
    assert.ok(imports.length > 300);
  });

  it('keep the core free of the outside', () => {
    const pure = ['src/analysis', 'src/evidence'];
    const wrong = violations(({ from, to }) => {
      if (!pure.some((folder) => within(from, folder))) return false;
      return !within(to, pure.find((folder) => within(from, folder))!) && !isShared(to) && !PURE_PACKAGES.includes(to);
    });
    assert.deepEqual(wrong, []);
  });

  it('go from a stage of the analysis to the stages before it', () => {
    const stageOf = (path: string) => STAGES.findIndex((stage) => within(path, `src/analysis/${stage}`));
    const folders = readdirSync(join(ROOT, 'src/analysis'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    assert.deepEqual(folders.map(({ name }) => name).sort(), [...STAGES].sort());
    assert.deepEqual(
      violations(({ from, to }) => stageOf(from) >= 0 && within(to, 'src/analysis') && stageOf(to) > stageOf(from)),
      [],
    );
    assert.deepEqual(
      violations(
        ({ from, to }) => stageOf(from) >= 0 && (to === 'src/analysis/analyse.ts' || to === 'src/analysis/reading.ts'),
      ),
      [],
    );
  });

  it('keep the boundaries apart', () => {
    const boundaryOf = (path: string) => BOUNDARIES.find((name) => within(path, `src/${name}`));
    const wrong = violations(({ from, to }) => {
      const boundary = boundaryOf(from);
      if (boundary === undefined || !within(to, 'src')) return false;
      if (within(to, `src/${boundary}`) || isShared(to)) return false;
      return !(boundary === 'tables' && within(to, 'src/analysis'));
    });
    assert.deepEqual(wrong, []);
  });

  it('let http use the boundaries, the contract and nothing else', () => {
    const allowed = ['http', ...BOUNDARIES, ...SHARED, 'version.ts'];
    assert.deepEqual(
      violations(
        ({ from, to }) =>
          within(from, 'src/http') && within(to, 'src') && !allowed.some((name) => within(to, `src/${name}`)),
      ),
      [],
    );
  });

  it('leave BullMQ to the queue, DuckDB to the tables, Fastify to http', () => {
    const wired = ['src/serve.ts', 'src/service-parts.ts'];
    const owners: [string, string][] = [
      ['bullmq', 'src/queue'],
      ['ioredis', 'src/queue'],
      ['@duckdb/node-api', 'src/tables'],
      ['fastify', 'src/http'],
      ['pg', 'src/records'],
    ];
    for (const [name, owner] of owners) {
      const wrong = violations(({ from, to }) => to === name && !within(from, owner) && !wired.includes(from));
      assert.deepEqual(
        wrong.filter((line) => !(name === 'pg' && line.startsWith('src/queue'))),
        [],
        name,
      );
    }
  });

  it('let an analysis on the command line start without a package: they take longer than a small capture', () => {
    const reached = new Set(['src/cli.ts', 'src/cli/analyze.ts', 'workers/reading-thread.ts', 'workers/fill-ring.ts']);
    reached.add('workers/second-half.ts');
    for (const file of reached) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      for (const [, to] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)'/gm)) {
        reached.add(relative(ROOT, join(ROOT, dirname(file), to!)));
      }
      const packages = [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(?!\.|node:)([^']+)'/gm)];
      assert.deepEqual(
        packages.map(([, name]) => `${file} loads ${name}`),
        [],
      );
    }
    assert.ok(reached.size > 100, `${reached.size} files`);
  });

  it('leave wiring to the entry points', () => {
    const wired = ['src/config.ts', 'src/serve.ts'];
    const entries = (from: string) =>
      !from.slice('src/'.length).includes('/') || within(from, 'src/cli') || within(from, 'workers');
    assert.deepEqual(
      violations(({ from, to }) => wired.includes(to) && !entries(from)),
      [],
    );
  });
});

describe('the environment', () => {
  it('is read by the configuration alone', () => {
    const readers = ['src', 'workers']
      .flatMap((folder) =>
        readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
      )
      .filter((name) => name.endsWith('.ts') && /process\.env/.test(readFileSync(join(ROOT, name), 'utf8')));
    assert.deepEqual(readers.sort(), ['src/cli/submit.ts', 'src/config.ts', 'src/demo.ts']);
  });
});
