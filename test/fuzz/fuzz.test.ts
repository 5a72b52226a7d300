import { describe, it } from 'node:test';
import { fuzz } from './cases.ts';

const SEED = 20_240_601;

describe('spoilt captures', () => {
  it(`give a result or a code, whatever is in them (seed ${SEED})`, () => {
    fuzz({ cases: 1500, seed: SEED });
  });
});
