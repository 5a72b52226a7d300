import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_WINDOWS, windowGrid } from '../../../src/analysis/ledger/window-grid.ts';
import { Timeline } from '../../../src/analysis/segment/timeline.ts';

function gridOf(baseSeconds: number, seconds: number) {
  const timeline = new Timeline();
  timeline.baseSeconds = baseSeconds;
  return windowGrid({ span: { from: 0, to: seconds * 1e9 }, timeline });
}

describe('the grid of windows', () => {
  it('has windows of a minute that begin with the minutes of the epoch', () => {
    assert.deepEqual(gridOf(600, 59), { seconds: 60, first: 0, count: 1 });
    assert.deepEqual(gridOf(600, 60), { seconds: 60, first: 0, count: 2 });
    assert.deepEqual(gridOf(630, 30), { seconds: 60, first: -30, count: 2 });
  });

  it('doubles them where there would be too many', () => {
    assert.deepEqual(gridOf(0, MAX_WINDOWS * 60 - 1), { seconds: 60, first: 0, count: MAX_WINDOWS });
    assert.deepEqual(gridOf(0, MAX_WINDOWS * 60), { seconds: 120, first: 0, count: MAX_WINDOWS / 2 + 1 });
  });
});
