import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLabels } from '../../src/contract/labels.ts';
import { PortledgerError } from '../../src/errors.ts';

const refusedLabels = (part: RegExp) => (error: unknown) =>
  error instanceof PortledgerError && error.code === 'request-invalid' && part.test(error.message);

test('labels are bounded together, by their bytes as JSON', () => {
  const labels = (last: number) => {
    const values = Array.from({ length: 32 }, (_, index) => [`name-${index}`, 'x'.repeat(240)]);
    return { ...Object.fromEntries(values), ticket: 'x'.repeat(last) };
  };
  const frame = JSON.stringify(labels(0)).length;
  checkLabels(labels(8192 - frame));
  assert.throws(() => checkLabels(labels(8193 - frame)), refusedLabels(/8193/));
});

test('labels are bounded each by itself, and in number', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`${index}`, '']));
  checkLabels({ ['ü'.repeat(64)]: '€'.repeat(255) });
  checkLabels(many(64));
  assert.throws(() => checkLabels({ ['n'.repeat(65)]: '' }), refusedLabels(/65 characters in the name/));
  assert.throws(() => checkLabels({ ticket: 'x'.repeat(256) }), refusedLabels(/256 characters.*"ticket"/));
  assert.throws(() => checkLabels(many(65)), refusedLabels(/65 in number/));
});
