import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { GAP_EDGES } from '../../../src/analysis/ledger/reuses.ts';
import type { SessionSpec } from '../session-builder.ts';
import { count, type NaiveSession, naiveGap, orNaN } from './naive.ts';
import { eachTarget, ledgerOf, randomSessions } from './random-sessions.ts';

describe('the counts of a target', () => {
  it('are of attempts, outcomes, ends and reuses', () => {
    fc.assert(
      fc.property(randomSessions, (specs) => {
        const ledger = ledgerOf(specs);
        for (const [target, sessions] of eachTarget(ledger, specs)) {
          assert.deepEqual(ledger.counts(target), naiveCounts(sessions, specs));
        }
      }),
    );
  });
});

const FAILED = ['syn-sent', 'refused', 'half-open'];

function naiveCounts(sessions: readonly NaiveSession[], specs: readonly SessionSpec[]) {
  const attempts = sessions.filter((session) => !session.midstream);
  const established = sessions.filter((session) => session.midstream || !FAILED.includes(session.state));
  const reuses = sessions.filter((session) => session.reuseOf !== undefined);
  const gaps = reuses.flatMap((session) => orNaN(naiveGap(session, specs))).filter((gap) => !Number.isNaN(gap));
  const failed = (state: string) => count(attempts, (session) => session.state === state);
  const ended = (state: string) => count(established, (session) => session.state === state);
  const answered = (answer: string) => count(reuses, (session) => session.answer === answer);
  return {
    synPackets: sessions.reduce((sum, session) => sum + session.synPackets!, 0),
    attempts: attempts.length,
    synRetransmissions: attempts.reduce((sum, session) => sum + session.synPackets! - session.synCopies! - 1, 0),
    distinctLocalPorts: new Set(attempts.map((session) => session.localPort)).size,
    midstreamSessions: sessions.length - attempts.length,
    outcomes: {
      established: count(attempts, (session) => !FAILED.includes(session.state)),
      refused: failed('refused'),
      unanswered: failed('syn-sent'),
      halfOpen: failed('half-open'),
    },
    ends: {
      open: ended('open'),
      halfClosedByRemote: ended('half-closed-by-remote'),
      halfClosedByClient: ended('half-closed-by-client'),
      closed: ended('closed'),
      reset: ended('reset'),
    },
    reuses: {
      count: reuses.length,
      minGapSeconds: gaps.length === 0 ? Number.NaN : Math.min(...gaps),
      histogram: GAP_EDGES.map((from, bin) =>
        count(gaps, (gap) => gap >= from && gap < (GAP_EDGES[bin + 1] ?? Number.POSITIVE_INFINITY)),
      ),
      answers: {
        accepted: answered('accepted'),
        challenged: answered('challenged'),
        refused: answered('refused'),
        silent: answered('silent'),
      },
    },
    firstAttempt: attempts[0]?.start ?? Number.NaN,
    lastAttempt: attempts.at(-1)?.start ?? Number.NaN,
  };
}
