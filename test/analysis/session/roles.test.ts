import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientByHandshake, LEFT, RIGHT, UNKNOWN } from '../../../src/analysis/session/roles.ts';
import { SYN_ACK_LEFT, SYN_ACK_RIGHT, SYN_LEFT, SYN_RIGHT } from '../../../src/analysis/session/row-layout.ts';
import { CLIENT_KNOWN } from '../../../src/analysis/session/sessions.ts';
import { segmentsOf, trackSegments } from './scene.ts';

/** The client's port of a session between 10.1.1.1 and 10.2.0.1 whose beginning is not in the capture; null without a client. */
function clientPort(port: number, otherPort: number, clients: string[] = [], before: string[] = []): number | null {
  const segments = segmentsOf([...before, '9 > PA seq=1 ack=2 len=3']);
  const last = segments.at(-1)!;
  [last.sourcePort, last.destinationPort] = [port, otherPort];
  const { facts, ports } = trackSegments(segments, clients);
  const row = facts.findIndex((_, at) => [port, otherPort].includes(ports[at]! >>> 16));
  return (facts[row]! & CLIENT_KNOWN) === 0 ? null : ports[row]! >>> 16;
}

describe('the client of a session', () => {
  it('is who sent the SYN, else who was sent the SYN-ACK', () => {
    const ends = [SYN_LEFT, SYN_RIGHT, SYN_ACK_RIGHT, SYN_ACK_LEFT, 0].map(clientByHandshake);
    assert.deepEqual(ends, [LEFT, RIGHT, LEFT, RIGHT, UNKNOWN]);
    assert.equal(clientByHandshake(SYN_RIGHT | SYN_ACK_RIGHT), RIGHT);
  });

  it('is else the end whose port alone is one that systems hand out', () => {
    assert.deepEqual(
      [clientPort(32_768, 443), clientPort(443, 65_535), clientPort(32_767, 443), clientPort(50_000, 40_000)],
      [32_768, 65_535, null, null],
    );
  });

  it('is before that the host that is named, and before that the other end of a socket that a SYN was sent to', () => {
    assert.equal(clientPort(50_000, 40_000, ['10.2.0.1']), 40_000);
    assert.equal(clientPort(50_000, 443, ['10.2.0.1']), 443);
    assert.equal(clientPort(50_000, 40_000, ['10.1.1.1', '10.2.0.1']), null);
    assert.equal(clientPort(1000, 3200, ['10.2.0.1'], ['0 >> S seq=1000']), 1000);
  });
});
