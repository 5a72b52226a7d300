import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PortledgerError } from '../../src/errors.ts';
import { parseEventOption } from '../../src/evidence/evidence.ts';
import { at } from './read.ts';

describe('--event', () => {
  it('takes a time alone', () => {
    assert.deepEqual(parseEventOption('2024-05-01T09:30:00.5Z'), {
      time: at('2024-05-01T09:30:00.500Z'),
      zone: 'stated',
      numbers: [],
      endpoints: [],
      text: '',
      place: null,
    });
  });

  it('takes a time without a zone at the offset, else as UTC', () => {
    const given = parseEventOption('2024-05-01 11:30:00 4227', '+02:00');
    assert.deepEqual([given.time, given.zone, given.numbers], [at('2024-05-01T09:30:00Z'), 'given', [4227]]);
    assert.deepEqual(
      [parseEventOption('2024-05-01 09:30:00').time, parseEventOption('2024-05-01 09:30').zone],
      [at('2024-05-01T09:30:00Z'), 'assumed'],
    );
  });

  it('takes the forms of RFC 3339, and those that lack something', () => {
    for (const text of [
      '2024-05-01T11:30:00+02:00',
      '2024-05-01t09:30:00z',
      '2024-05-01 09:30',
      '2024-05-01 09:30:00.000',
    ]) {
      assert.equal(parseEventOption(`${text} 4231`, 'Z').time, at('2024-05-01T09:30:00Z'), text);
      assert.equal(parseEventOption({ time: text, text: '4231' }, 'Z').time, at('2024-05-01T09:30:00Z'), text);
    }
  });

  const texts: [string, number[], [string, number][]][] = [
    ['event 4227', [4227], []],
    ['4227, 4231 and 4266', [4227, 4231, 4266], []],
    ['error 10048 connecting to 10.2.0.1:3200', [10048], [['10.2.0.1', 3200]]],
    ['WSAENOBUFS at 127.0.0.1:8510', [10055], [['127.0.0.1', 8510]]],
    ['(10048) Only one usage of each socket address: [2001:DB8:0:0::1]:443', [10048], [['2001:db8::1', 443]]],
    [
      'from 10.1.1.10:50123 to 10.2.0.1:3200',
      [],
      [
        ['10.1.1.10', 50123],
        ['10.2.0.1', 3200],
      ],
    ],
    ['localhost:8510 WSAEADDRINUSE', [10048], [['127.0.0.1', 8510]]],
    ['port 10.2.0.1:10048 is no error', [], [['10.2.0.1', 10048]]],
    ['10.2.0.1:99999 and 300.1.1.1:80 are none', [], []],
  ];
  for (const [text, numbers, endpoints] of texts) {
    it(`understands "${text}"`, () => {
      const event = parseEventOption(`2024-05-01T09:30:00Z ${text}`);
      assert.deepEqual(event.numbers, numbers);
      assert.deepEqual(
        event.endpoints.map(({ address, port }) => [address, port]),
        endpoints,
      );
      assert.equal(event.text, text);
      assert.deepEqual(parseEventOption({ time: '2024-05-01T09:30:00Z', text }), event);
    });
  }

  for (const bad of [
    '',
    'yesterday',
    '4227',
    '2024-05-01',
    '2024-13-01T00:00:00Z',
    '2024-02-30 10:00:00',
    'at 2024-05-01T09:30:00Z',
    '2024-05-01T25:00:00Z',
  ]) {
    it(`refuses "${bad}"`, () => {
      assert.throws(
        () => parseEventOption(bad),
        (error) => error instanceof PortledgerError && error.code === 'option-invalid',
      );
    });
  }

  it('refuses words after the time where the text has its own place', () => {
    assert.throws(() => parseEventOption({ time: '2024-05-01T09:30:00Z 4227' }), PortledgerError);
  });
});
