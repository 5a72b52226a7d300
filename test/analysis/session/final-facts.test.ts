import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DIRECTION_MISSING, FIN_UNSEEN, SYN_ACK_UNSEEN } from '../../../src/analysis/session/sessions.ts';
import { HANDSHAKE, segmentsOf, trackSegments } from './scene.ts';

function factsOf(...lines: string[]): number {
  return trackSegments(segmentsOf(lines)).facts.at(-1)!;
}

describe('what a session lacks', () => {
  it('is a direction where one end acknowledges what the capture does not hold', () => {
    assert.notEqual(factsOf('0 > PA seq=1 ack=2 len=3') & DIRECTION_MISSING, 0);
    assert.equal(factsOf('0 > P seq=1 len=3') & DIRECTION_MISSING, 0);
    assert.equal(factsOf('0 > PA seq=1 ack=2 len=3', '0.1 < A seq=2 ack=4') & DIRECTION_MISSING, 0);
  });

  it('is no SYN-ACK where the session had begun before the capture', () => {
    assert.equal(factsOf('0 > PA seq=1 ack=2 len=3', '0.1 < A seq=2 ack=4') & SYN_ACK_UNSEEN, 0);
    assert.notEqual(factsOf('0 > S seq=1000', ...HANDSHAKE.slice(2), '1 < A seq=5001 ack=1001') & SYN_ACK_UNSEEN, 0);
  });

  it('is no FIN that comes behind its acknowledgment', () => {
    const acknowledged = ['1.000 > FA seq=1001 ack=5001', '1.002 > A seq=1002 ack=5002'];
    assert.notEqual(factsOf(...HANDSHAKE, ...acknowledged) & FIN_UNSEEN, 0);
    assert.equal(factsOf(...HANDSHAKE, ...acknowledged, '1.003 < FA seq=5001 ack=1002') & FIN_UNSEEN, 0);
  });
});
