import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BRIEF, brief, csv, NUMBER, objects, WORD } from './connections.ts';
import { at, read, rowsOf } from './read.ts';

describe('Get-NetTCPConnection as CSV', () => {
  const type = '#TYPE Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/MSFT_NetTCPConnection\r\n';
  for (const [name, head] of [
    ['with', type],
    ['without', ''],
  ] as const) {
    for (const delimiter of [',', ';', '\t']) {
      it(`is read ${name} a type line and with ${JSON.stringify(delimiter)}`, () => {
        const facts = read(head + csv('14.11.2023 21:13:20', delimiter));
        assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
        assert.equal(rowsOf(facts)[0]!.created, at('2023-11-14T21:13:20Z'));
        assert.deepEqual(facts.unreadable, []);
        assert.equal(facts.snapshots[0]!.time, null);
      });
    }
  }

  it('takes the time of the snapshot from a column of its own', () => {
    const runs = ['11/14/2023 10:13:20 PM', '11/14/2023 10:14:20 PM'].map((time) =>
      csv('11/14/2023 9:13:20 PM', ',', [['Taken', time]]),
    );
    const facts = read(runs[0] + runs[1]!.slice(runs[1]!.indexOf('\n') + 1), { utcOffset: '+00:00' });
    assert.deepEqual(
      facts.snapshots.map(({ time }) => time),
      [at('2023-11-14T22:13:20Z'), at('2023-11-14T22:14:20Z')],
    );
    assert.deepEqual(
      facts.snapshots.map(({ rows }) => rows.length),
      [5, 5],
    );
  });

  it('refuses a record with a field too few, and keeps the others', () => {
    const facts = read(csv('').replace('"10.1.1.10","50123",', '"10.1.1.10"'));
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [5],
    );
    assert.equal(rowsOf(facts).length, 4);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: false, ipv6: false });
  });
});

describe('Get-NetTCPConnection as JSON', () => {
  const forms: [string, string][] = [
    [
      'PowerShell 5, numbers and /Date()/',
      JSON.stringify(
        objects('/Date(1699996400000)/', (state) => NUMBER[state]),
        null,
        4,
      ).replaceAll('/', '\\/'),
    ],
    ['PowerShell 7, ISO times', JSON.stringify(objects('2023-11-14T22:13:20.0000000+01:00', (state) => NUMBER[state]))],
    [
      'PowerShell 7, -EnumsAsStrings',
      JSON.stringify(
        objects('2023-11-14T21:13:20Z', (state) => WORD[state]),
        null,
        2,
      ),
    ],
    [
      'PowerShell 5, wrapped in value and Count',
      JSON.stringify(
        {
          value: objects({ value: '/Date(1699996400000)/', DisplayHint: 2, DateTime: 'x' }, (state) => NUMBER[state]),
          Count: 5,
        },
        null,
        4,
      ),
    ],
    [
      'an object a line',
      objects('/Date(1699996400000+0100)/', (state) => WORD[state])
        .map((object) => JSON.stringify(object))
        .join('\n'),
    ],
  ];
  for (const [name, text] of forms) {
    it(`is read from ${name}`, () => {
      const facts = read(text);
      assert.deepEqual(facts.unreadable, []);
      assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
      assert.deepEqual(new Set(rowsOf(facts).map((row) => row.created)), new Set([at('2023-11-14T21:13:20Z')]));
    });
  }

  it('keeps the objects before the end of a text that is cut', () => {
    const text = JSON.stringify(
      objects('/Date(1699996400000)/', (state) => NUMBER[state]),
      null,
      2,
    );
    const facts = read(text.slice(0, -40));
    assert.equal(rowsOf(facts).length, 4);
    assert.match(facts.unreadable[0]!.reason, /ends inside an object/);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: false, ipv6: false });
  });

  it('refuses one bad object by line and keeps the others', () => {
    const text = JSON.stringify(
      objects(null, (state) => WORD[state]),
      null,
      2,
    ).replace('"LocalPort": 58430,', '"LocalPort": ,');
    const facts = read(text);
    assert.equal(rowsOf(facts).length, 4);
    assert.equal(facts.unreadable.length, 1);
  });

  it('is one row for a single object', () => {
    assert.deepEqual(rowsOf(read(JSON.stringify(objects(null, (state) => WORD[state])[3]))).map(brief), [BRIEF[3]]);
  });
});
