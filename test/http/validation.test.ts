import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JobForm, JobRequest } from '../../src/contract/job.ts';
import type { RequestError } from '../../src/http/problem.ts';
import { createCheck } from '../../src/http/validation.ts';

/** As many as a JSON body of 1 MiB holds: comparing each with each takes minutes, during which nobody is answered. */
const MANY = 500_000;
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));
const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

const complaintOf = (check: (value: unknown) => unknown, value: unknown) => {
  try {
    check(value);
  } catch (error) {
    const { code, places } = error as RequestError;
    return [code, places[0]?.pointer, places[0]?.detail];
  }
  return assert.fail('it is taken');
};

describe('too much of something', () => {
  const checkJob = createCheck(JobRequest);
  const checkForm = createCheck(JobForm);

  it('is told at once', () => {
    const pointers = {
      '/captures': { captures: Array(MANY).fill(1) },
      '/evidence': { captures: ['x'], evidence: Array(MANY).fill('x') },
      '/options/clients': { captures: ['x'], options: { clients: Array(MANY).fill('x') } },
      '/options/events': { captures: ['x'], options: { events: Array(MANY).fill(1) } },
      '/labels': { captures: ['x'], labels: named(MANY / 5) },
    };
    const limits = { '/captures': 1000, '/evidence': 100, '/options/clients': 1000, '/options/events': 10_000 };
    for (const [pointer, value] of Object.entries(pointers)) {
      const [code, place, detail] = complaintOf(checkJob, value);
      assert.equal(code, pointer.startsWith('/options/') ? 'option-invalid' : 'request-invalid');
      assert.equal(place, pointer);
      const limit = limits[pointer as keyof typeof limits] ?? 64;
      assert.match(detail!, new RegExp(`must not have more than ${limit} `));
    }
    assert.deepEqual(complaintOf(checkForm, { labels: named(65) }).slice(0, 2), ['request-invalid', '/labels']);
  });

  it('is told of what is nested deeper than the stack', () => {
    for (const value of [nested(400_000), { captures: [nested(400_000)] }, { captures: ['x'], labels: nested(33) }]) {
      assert.deepEqual(complaintOf(checkJob, value), [
        'request-invalid',
        '',
        'The body is nested deeper than 32 levels',
      ]);
    }
    assert.equal(complaintOf(checkJob, { captures: [nested(20)] })[1], '/captures/0');
  });

  it('is not told of what is just as much as there may be', () => {
    const captures = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const events = Array<string>(10_000).fill('2026-03-01T14:05:00Z');
    assert.ok(checkJob({ captures, options: { events } }));
  });
});
