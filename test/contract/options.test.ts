import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOptions, parseEvent, parsePortRange } from '../../src/contract/options.ts';
import { PortledgerError } from '../../src/errors.ts';

const refused = (part: RegExp) => (error: unknown) =>
  error instanceof PortledgerError && error.code === 'option-invalid' && part.test(error.message);

test('a port range has a first and a last port in order', () => {
  assert.deepEqual(parsePortRange('49152-65535'), { first: 49152, last: 65535 });
  assert.deepEqual(parsePortRange('1025-1025'), { first: 1025, last: 1025 });
  for (const text of ['65535-49152', '0-10', '1-65536', '49152', '49152-', 'a-b', '1 - 2']) {
    assert.throws(() => parsePortRange(text), refused(/portRange/), text);
  }
});

test('an event is a time and the text behind it', () => {
  assert.deepEqual(parseEvent('2015-03-24T10:00:00Z'), { time: '2015-03-24T10:00:00Z' });
  assert.deepEqual(parseEvent('2015-03-24 10:00 4227 to 127.0.0.1:8510'), {
    time: '2015-03-24 10:00',
    text: '4227 to 127.0.0.1:8510',
  });
  assert.deepEqual(parseEvent('2015-03-24T10:00:00.123456+02:00\tWSAENOBUFS'), {
    time: '2015-03-24T10:00:00.123456+02:00',
    text: 'WSAENOBUFS',
  });
  const wrong = ['', 'yesterday', '2015-02-30T10:00:00Z', '2015-03-24T25:00Z', '2015-03-24T10:00:00Zx', '10:00'];
  for (const text of [...wrong, '1969-12-31T00:00:00Z', '2106-01-01T00:00:00Z']) {
    assert.throws(() => parseEvent(text), refused(/events/), text);
  }
});

test('what the schema leaves open is checked and the option is named', () => {
  checkOptions({});
  checkOptions({ clients: ['10.1.1.10', '2001:db8::1'], utcOffset: '-03:30', events: [{ time: '2015-03-24T10:00Z' }] });
  assert.throws(() => checkOptions({ clients: ['10.1.1.10', '10.1.1'] }), refused(/clients: "10\.1\.1"/));
  assert.throws(() => checkOptions({ portRange: { first: 2, last: 1 } }), refused(/portRange: 2-1/));
  assert.throws(() => checkOptions({ events: ['soon'] }), refused(/events: "soon"/));
  assert.throws(() => checkOptions({ events: [{ time: '2015-03-24T10:00Z 4227' }] }), refused(/goes into "text"/));
  assert.throws(() => checkOptions({ utcOffset: '+15:00' }), refused(/utcOffset/));
});
