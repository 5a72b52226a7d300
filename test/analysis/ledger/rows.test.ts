import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { clientRowsByStart, rowNumbers, targetRows } from '../../../src/analysis/ledger/rows.ts';
import { specIndex } from '../session-builder.ts';
import { count } from './naive.ts';
import { eachClient, eachTarget, ledgerOf, randomSessions, specsOf } from './random-sessions.ts';

describe('the rows of targets and clients', () => {
  it('groups every session whose client is known, by start', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        for (const [target, sessions] of eachTarget(ledger, specs)) {
          assert.deepEqual(
            specsOf(ledger, rowNumbers(targetRows(ledger, target))),
            sessions.map((session) => session.index),
          );
        }
        for (const [client, sessions] of eachClient(ledger, specs)) {
          assert.deepEqual(
            specsOf(ledger, clientRowsByStart(ledger, client)),
            sessions.map((session) => session.index),
          );
          assert.equal(
            ledger.clients.attempts[client],
            count(sessions, (session) => !session.midstream),
          );
          const used = sessions.filter((session) => !session.midstream).map((session) => session.localPort);
          assert.equal(ledger.distinctLocalPorts(client), new Set(used).size);
        }
        for (const [row, target] of ledger.targetOf.entries()) {
          assert.equal(target === -1, specs[specIndex(ledger.sessions, row)]!.clientUnknown === true);
        }
      }),
    );
  });
});
