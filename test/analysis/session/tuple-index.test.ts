import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tupleHash } from '../../../src/analysis/segment/four-tuple.ts';
import { V6 } from '../../../src/analysis/session/row-layout.ts';
import { SessionColumns } from '../../../src/analysis/session/session-columns.ts';
import { TupleIndex } from '../../../src/analysis/session/tuple-index.ts';

const RIGHT = 7;

/** Rows of `tuples` four-tuples, opened in turn and over again; the tuples of both families have the same numbers. */
function opened(rows: number, tuples: number, expectedRows: number) {
  const columns = new SessionColumns(expectedRows);
  const indexes = [new TupleIndex(columns, 0, expectedRows), new TupleIndex(columns, V6, 0)] as const;
  const find = (index: TupleIndex, tuple: number) =>
    index.find(tuple * 4, RIGHT, tuple, tupleHash(tuple * 4, RIGHT, tuple));
  const newest = [new Map<number, number>(), new Map<number, number>()] as const;
  for (let turn = 0; turn < rows; turn++) {
    const tuple = (turn * 7919) % tuples;
    const v6 = turn % 3 === 0 ? 1 : 0;
    const row = columns.add(tuple * 4, RIGHT, tuple, v6 === 1 ? V6 : 0);
    const older = newest[v6].get(tuple) ?? -1;
    assert.equal(find(indexes[v6], tuple), older);
    columns.before[row] = older;
    indexes[v6].put(row, older, tupleHash(tuple * 4, RIGHT, tuple));
    newest[v6].set(tuple, row);
  }
  return { indexes, newest, find };
}

describe('the index of four-tuples', () => {
  for (const expectedRows of [0, 100_000]) {
    it(`finds the newest row of each, beyond its growth: ${expectedRows} expected`, () => {
      const tuples = 20_000;
      const { indexes, newest, find } = opened(50_000, tuples, expectedRows);
      for (let tuple = 0; tuple <= tuples; tuple++) {
        for (const family of [0, 1] as const) {
          assert.equal(find(indexes[family], tuple), newest[family].get(tuple) ?? -1);
        }
      }
    });
  }
});
