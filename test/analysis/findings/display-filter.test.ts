import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sessionFilter, synFilter } from '../../../src/analysis/findings/display-filter.ts';

const REMOTE = { address: '10.2.0.1', port: 3200 };

describe('display filters', () => {
  it('select SYNs of a client, towards one remote and on some ports', () => {
    assert.equal(synFilter('10.1.1.10', null), 'ip.src == 10.1.1.10 && tcp.flags.syn == 1 && tcp.flags.ack == 0');
    assert.equal(
      synFilter('10.1.1.10', REMOTE, [50_003]),
      'ip.src == 10.1.1.10 && ip.dst == 10.2.0.1 && tcp.dstport == 3200 && tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.srcport == 50003',
    );
  });

  it('select whole sessions, of IPv6 too', () => {
    const remote = { address: '2001:db8::1', port: 443 };
    assert.equal(
      sessionFilter('2001:db8::9', remote, [50_003, 50_004]),
      'ipv6.addr == 2001:db8::9 && ipv6.addr == 2001:db8::1 && tcp.port == 443 && tcp.port in {50003..50004}',
    );
  });

  it('have all ports where these lie together, and those that come first else', () => {
    const together = Array.from({ length: 5000 }, (_, i) => 50_000 + ((i * 7) % 5000));
    assert.match(synFilter('10.1.1.10', REMOTE, together), /tcp\.srcport in \{50000\.\.54999\}$/);
    assert.match(sessionFilter('10.1.1.10', REMOTE, [7, 3, 9, 4, 7]), /tcp\.port in \{3\.\.4, 7, 9\}$/);
    const apart = [60_001, ...Array.from({ length: 5000 }, (_, i) => 40_000 + 2 * i)];
    assert.match(synFilter('10.1.1.10', REMOTE, apart), /, 60001\}$/);
  });

  it('stay short enough to paste', () => {
    const ports = Array.from({ length: 5000 }, (_, i) => 50_000 + 2 * i);
    assert.ok(synFilter('10.1.1.10', REMOTE, ports).length < 500);
  });
});
