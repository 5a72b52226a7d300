import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinEvidence, readEvidence } from '../../src/evidence/evidence.ts';
import { hostPorts } from '../../src/evidence/host-ports.ts';
import { ENCODERS } from './encoders.ts';
import { dynamicPorts, netstat, ROWS } from './samples.ts';

const read = (name: string, text: string) => readEvidence(name, ENCODERS['utf-8'](text));
const otherHost = netstat('english', [
  { local: '10.1.1.99:50000', remote: '10.2.0.1:3200', state: 'ESTABLISHED', pid: 1 },
]);
const EXCLUDED =
  'Protocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n----------    --------\n     50000       50059     *\n';

describe('hostPorts', () => {
  it('says nothing without facts about ports', () => {
    assert.deepEqual(hostPorts(joinEvidence([])), []);
  });

  it('holds for every client where no file names an address', () => {
    const facts = joinEvidence([read('range', dynamicPorts('german')), read('excluded', EXCLUDED)]);
    assert.deepEqual(hostPorts(facts), [
      { addresses: [], range: { first: 49152, last: 65535 }, excluded: [{ first: 50000, last: 50059 }], listeners: [] },
    ]);
  });

  it('is about the host whose addresses netstat lists', () => {
    const facts = joinEvidence([read('range', dynamicPorts('english')), read('netstat', netstat('english'))]);
    assert.deepEqual(hostPorts(facts), [
      { addresses: ['10.1.1.10'], range: { first: 49152, last: 65535 }, excluded: [], listeners: [135, 445] },
    ]);
  });

  it('joins files of one host and keeps two hosts apart', () => {
    const again = netstat('german', [
      ...ROWS,
      { local: '192.168.7.7:50009', remote: '10.2.0.1:3200', state: 'ESTABLISHED', pid: 1 },
    ]);
    const facts = joinEvidence([
      read('a', netstat('english')),
      read('b', again),
      read('c', `${otherHost}\n${dynamicPorts('french')}`),
    ]);
    const hosts = hostPorts(facts);
    assert.deepEqual(
      hosts.map(({ addresses, range }) => [addresses.sort(), range?.first]),
      [
        [['10.1.1.10', '192.168.7.7'], undefined],
        [['10.1.1.99'], 49152],
      ],
    );
  });

  it('leaves the ranges of UDP aside', () => {
    assert.deepEqual(hostPorts(read('udp', dynamicPorts('english').replace(' tcp ', ' udp '))), []);
  });
});
