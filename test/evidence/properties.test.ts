import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EvidenceFacts } from '../../src/contract/evidence.ts';
import { readEvidence } from '../../src/evidence/evidence.ts';
import { splitLines } from '../../src/evidence/lines.ts';
import { ENCODERS } from './encoders.ts';
import { dynamicPorts, netstat, type SampleRow, statistics } from './samples.ts';

const utf8 = ENCODERS['utf-8'];

/** Facts as plain values, the name of the file left out. */
function plain(facts: EvidenceFacts): unknown {
  return JSON.parse(
    JSON.stringify(facts, (key, value) => {
      if (key === 'rows') return [...(value as Iterable<unknown>)];
      return typeof value === 'bigint' ? String(value) : value;
    }),
  );
}

const port = fc.integer({ min: 0, max: 65535 });
const v4 = fc.ipV4();
const v6 = fc.ipV6();
const endpoint = fc.oneof(
  fc.tuple(v4, port).map(([address, number]) => `${address}:${number}`),
  fc.tuple(v6, port).map(([address, number]) => `[${address}]:${number}`),
);
const state = fc.constantFrom('LISTENING', 'ESTABLISHED', 'TIME_WAIT', 'CLOSE_WAIT', 'BOUND', 'SYN_SENT');
const row: fc.Arbitrary<SampleRow> = fc.record({ local: endpoint, remote: endpoint, state, pid: fc.nat(99_999) });
const rows = fc.array(row, { minLength: 1, maxLength: 30 });

const everything = [
  '2023-11-14 22:13:20',
  netstat('german', undefined, true),
  dynamicPorts('english'),
  statistics('french', [1, 2, 3, 4, 5, 6, 7, 8]),
  '11/14/2023 10:14:20 PM',
  netstat('english'),
  'LocalAddress LocalPort RemoteAddress RemotePort State AppliedSetting OwningProcess\n------------ --------- ------------- ---------- ----- -------------- -------------\n10.1.1.10 50123 10.2.0.1 3200 Established Internet 4711\n',
  'LocalAddress : 10.1.1.10\nLocalPort : 50123\nState : Bound\nOwningProcess : 1\n',
  '"LocalAddress","LocalPort","State"\n"10.1.1.10","50123","Bound"\n',
  'Event[0]:\n  Source: Tcpip\n  Date: 2023-11-14T22:13:20.123\n  Event ID: 4227\n  Description:\ntext\n',
].join('\r\n');
const xml =
  "<Events><Event xmlns='x'><System><Provider Name='Tcpip'/><EventID>4227</EventID><TimeCreated SystemTime='2023-11-14T22:13:20Z'/></System></Event></Events>";
const json = JSON.stringify(
  {
    value: [{ LocalAddress: '10.1.1.10', LocalPort: 50123, State: 100, CreationTime: '/Date(1)/' }, { LocalPort: 1 }],
    Count: 2,
  },
  null,
  2,
);

describe('properties of reading evidence', () => {
  it('every row comes back as it was written', () => {
    fc.assert(
      fc.property(rows, (written) => {
        const facts = readEvidence('x', utf8(netstat('english', written)));
        const read = [...facts.snapshots[0]!.rows];
        assert.deepEqual(
          read.map((got) => [got.localPort, got.remotePort, got.state, got.pid]),
          written.map((want) => [portOf(want.local), portOf(want.remote), want.state, want.pid]),
        );
        assert.ok(read.every((got) => got.localAddress !== null && got.remoteAddress !== null));
      }),
    );
  });

  it('all encodings yield the same facts', () => {
    fc.assert(
      fc.property(rows, (written) => {
        const text = `14.11.2023 22:13:20\r\n${netstat('german', written)}`;
        const [first, ...others] = Object.values(ENCODERS).map((encode) => plain(readEvidence('x', encode(text))));
        for (const other of others) assert.deepEqual(other, first);
      }),
      { numRuns: 40 },
    );
  });

  for (const [name, text] of Object.entries({ everything, xml, json })) {
    it(`no truncation throws, and what it keeps was there: ${name}`, () => {
      const whole = count(readEvidence('x', utf8(text)));
      for (const encode of [ENCODERS['utf-8'], ENCODERS['utf-16le with mark']]) {
        const bytes = encode(text);
        for (let length = 0; length < bytes.length; length += 7) {
          assert.ok(count(readEvidence('x', bytes.subarray(0, length))) <= whole);
        }
      }
    });

    it(`no damage throws: ${name}`, () => {
      const bytes = utf8(text);
      const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(damage, (places) => {
          const damaged = bytes.slice();
          for (const [at, octet] of places) damaged[at] = octet;
          readEvidence('x', damaged);
        }),
        { numRuns: 200 },
      );
      assert.ok(count(readEvidence('x', bytes)) > 0);
    });
  }

  it('random octets never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => Array.isArray(readEvidence('x', bytes).unreadable)),
    );
  });

  it('lines do not depend on how the text is cut into pieces', () => {
    const text = fc
      .array(fc.constantFrom('a', '\r', '\n', '\r\n', '\r\r\n', 'bc'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (whole, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
        const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
        assert.deepEqual([...splitLines(pieces)], [...splitLines([whole])]);
      }),
    );
  });
});

function portOf(text: string): number {
  return Number(text.slice(text.lastIndexOf(':') + 1));
}

function count(facts: EvidenceFacts): number {
  const rowCount = facts.snapshots.reduce((sum, snapshot) => sum + snapshot.rows.length, 0);
  return (
    rowCount + facts.dynamicPorts.length + facts.excludedPorts.length + facts.statistics.length + facts.events.length
  );
}
