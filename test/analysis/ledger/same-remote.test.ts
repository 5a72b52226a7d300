import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ledgerOf, randomSessions } from './random-sessions.ts';

describe('the targets with the same remote', () => {
  it('are those of all clients, and the target itself', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        const { count, remote, remotePort } = ledger.targets;
        const all = Array.from({ length: count }, (_, target) => target);
        for (const target of all) {
          const same = all.filter((row) => remote[row] === remote[target] && remotePort[row] === remotePort[target]);
          assert.deepEqual(ledger.sameRemote(target), same);
        }
      }),
    );
  });
});
