import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { heldPorts } from '../../../src/analysis/findings/held-ports.ts';
import type { Ledger, Occupancy } from '../../../src/analysis/ledger/ledger.ts';
import { randomSessions } from '../ledger/random-sessions.ts';
import { caseOf } from './scene-builder.ts';

function assertPeak(ledger: Ledger, client: number, target: number | null, { judged }: Occupancy): void {
  if (Number.isNaN(judged.peakAt)) return;
  const held = heldPorts(ledger, client, target, judged.peakAt);
  assert.equal(held.localPorts.length, judged.peak);
  if (target !== null) assert.equal(held.rows.length, judged.peak, 'what a session took over is not held by another');
}

describe('heldPorts', () => {
  it('names as many ports at a peak as the occupancy counts there', () => {
    const options = { portRange: { first: 50_000, last: 50_010 }, timeWaitSeconds: 30 };
    fc.assert(
      fc.property(randomSessions, (sessions) => {
        const { ledger } = caseOf({ sessions, options });
        for (let client = 0; client < ledger.clients.count; client++) {
          assertPeak(ledger, client, null, ledger.clientOccupancy(client));
        }
        for (let target = 0; target < ledger.targets.count; target++) {
          const client = ledger.targets.client[target]!;
          assertPeak(ledger, client, target, ledger.targetOccupancy(target));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('names the session that took a port over, and not the one before it', () => {
    const first = { localPort: 50_000, start: 1, closed: 10 };
    const { ledger } = caseOf({ sessions: [first, { localPort: 50_000, start: 12, reuseOf: 0 }] });
    assert.deepEqual(heldPorts(ledger, 0, null, 11e9), { localPorts: [50_000], rows: [0] });
    assert.deepEqual(heldPorts(ledger, 0, null, 12e9), { localPorts: [50_000], rows: [1] });
  });

  it('names no port that is given back at that moment', () => {
    const { ledger } = caseOf({
      sessions: [
        { localPort: 50_000, start: 1, closed: 10, state: 'reset', closedBy: 'rst-client' },
        { localPort: 50_001, start: 10 },
      ],
    });
    assert.deepEqual(heldPorts(ledger, 0, null, 10e9).localPorts, [50_001]);
    assert.deepEqual(heldPorts(ledger, 0, null, 9.9e9).localPorts, [50_000]);
  });
});
