import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Value } from 'typebox/value';
import { TABLE_NAMES, TABLES, tablePageSchema } from '../../src/contract/tables.ts';
import { randomFrom, randomRow } from '../tables/samples.ts';

const DOCS = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'tables.md'), 'utf8');

describe('the contract of the tables', () => {
  it('has a schema that takes its rows, and no others', () => {
    for (const table of TABLE_NAMES) {
      const schema = tablePageSchema(table);
      const rows = Array.from({ length: 50 }, (_, seed) => randomRow(table, randomFrom(seed)));
      assert.ok(Value.Check(schema, { rows, nextCursor: null }), table);
      assert.ok(!Value.Check(schema, { rows: [{ ...rows[0], remotePort: 'http' }], nextCursor: null }), table);
      const { remotePort: _, ...lacking } = rows[0]!;
      assert.ok(!Value.Check(schema, { rows: [lacking], nextCursor: null }), table);
    }
  });

  it('is what the documentation says, line by line', () => {
    for (const table of TABLE_NAMES) {
      const [, section = ''] = DOCS.split(`\n## ${table}\n`);
      const lines = section.split('\n## ')[0]!.split('\n');
      const told = lines.filter((line) => line.startsWith('| `')).map((line) => line.replaceAll(/ +/g, ' '));
      const wanted = TABLES[table].map(({ name, type, nullable, values, meaning }) => {
        const kind = values?.map((value) => `\`${value}\``).join(', ') ?? type;
        return `| \`${name}\` | ${kind}${nullable ? ' or null' : ''} | ${meaning} |`;
      });
      assert.deepEqual(told, wanted);
    }
  });
});
