import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BRIEF, brief, TABLE } from './connections.ts';
import { at, read, rowsOf } from './read.ts';

describe('Get-NetTCPConnection as a table', () => {
  it('yields every row, an empty AppliedSetting notwithstanding', () => {
    const facts = read(TABLE);
    assert.deepEqual(rowsOf(facts).map(brief), BRIEF);
    assert.deepEqual(facts.unreadable, []);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: true });
    assert.deepEqual(
      rowsOf(facts).map((row) => row.line),
      [4, 5, 6, 7, 8],
    );
  });

  it('does without the columns that a narrow console drops', () => {
    const narrow = TABLE.replaceAll(/^(.{119}).*$/gm, '$1');
    assert.deepEqual(
      rowsOf(read(narrow)).map((row) => [row.localPort, row.state, row.pid]),
      [
        [135, 'LISTENING', null],
        [135, 'LISTENING', null],
        [58430, 'BOUND', null],
        [50123, 'ESTABLISHED', null],
        [50124, 'TIME_WAIT', null],
      ],
    );
  });

  it('joins a name that the console broke in two', () => {
    const text = `
LocalAddress LocalPort RemoteAddress RemotePort State       AppliedSetting OwningPr
                                                                           ocess
------------ --------- ------------- ---------- -----       -------------- --------
10.1.1.10    50123     10.2.0.1      3200       Established Internet       4711
0.0.0.0      135       0.0.0.0       0          Listen                     892
`;
    assert.deepEqual(
      rowsOf(read(text)).map((row) => row.pid),
      [4711, 892],
    );
  });

  it('names an address that is cut short, and doubts the family it belongs to', () => {
    const cut = TABLE.replace(
      '10.1.1.10                           50123 ',
      '2a01:4f8:0:...:7231:8d4f:1c2e      50123 ',
    );
    const facts = read(cut);
    assert.match(facts.unreadable[0]!.reason, /cut short/);
    assert.equal(facts.unreadable[0]!.line, 7);
    assert.deepEqual(facts.snapshots[0]!.complete, { ipv4: true, ipv6: false });
    assert.equal(rowsOf(facts)[3]!.localAddress, null);
  });

  it('takes the time before each of many', () => {
    const facts = read(
      `Tuesday, November 14, 2023 10:13:20 PM\n${TABLE}\nTuesday, November 14, 2023 10:14:20 PM\n${TABLE}`,
    );
    assert.deepEqual(
      facts.snapshots.map((snapshot) => snapshot.time),
      [at('2023-11-14T22:13:20Z'), at('2023-11-14T22:14:20Z')],
    );
  });

  it('refuses a damaged row by line', () => {
    const facts = read(TABLE.replace('3200       Established Internet       4711', '32'));
    assert.deepEqual(
      facts.unreadable.map(({ line }) => line),
      [7],
    );
    assert.equal(facts.snapshots[0]!.complete.ipv4, false);
  });
});
