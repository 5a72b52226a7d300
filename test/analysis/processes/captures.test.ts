/** From the octets of captures to the findings, and of captures of others. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { analysed, type Connection, captured, command, pidOf, told } from './captured.ts';

const FOLDER = process.env.PUBLIC_CAPTURES;

describe('findings', () => {
  const leak = (options: Connection['options']) =>
    [
      ...Array.from({ length: 200 }, (_, i) => ({ localPort: 50_000 + i, start: i * 3, closed: i * 3 + 1, options })),
      ...Array.from({ length: 20 }, (_, i) => ({
        localPort: 60_000 + i,
        start: i * 25,
        options: i < 18 ? options : undefined,
      })),
    ] as Connection[];

  it('name the process that never closes its sessions, and who says so', () => {
    const { report } = analysed([captured(leak(command(7, '/usr/bin/java')))]);
    const found = report.findings.find(({ code }) => code === 'sessions-never-closed')!;
    assert.equal(found.verdict, 'supported');
    const numbers = found.evidence.numbers as { neverClosed: number; processes: string[] };
    assert.ok(numbers.neverClosed >= 15);
    assert.match(numbers.processes.join(), /^PID 7 \/usr\/bin\/java: 1\d$/);
    assert.match(
      found.explanation,
      /By the capture itself \(ptcpdump\) they belong to PID 7 \/usr\/bin\/java: 1\d[.;]/,
    );
  });

  it('say that it may be another where etl2pcapng names it', () => {
    const { report } = analysed([captured(leak(pidOf(4711)))]);
    const found = report.findings.find(({ code }) => code === 'sessions-never-closed')!;
    assert.match(
      found.explanation,
      /By the capture itself \(etl2pcapng\) they may belong to PID 4711: 1\d; a packet is logged with whichever process runs just then/,
    );
  });
});

describe('processes of public captures', { skip: FOLDER === undefined ? 'PUBLIC_CAPTURES is not set' : false }, () => {
  const expected: Readonly<Record<string, string[]>> = {
    '040': ['554 packetdrill pktap high 1/0 192.168.0.1'],
    '058': ['122868 /usr/bin/curl ptcpdump high 1/0 10.0.2.15'],
    '050': [],
    '075': [],
  };
  for (const [number, processes] of Object.entries(expected)) {
    it(`${number}: ${processes.length === 0 ? 'none' : processes[0]}`, () => {
      const name = readdirSync(FOLDER!).find((file) => file.startsWith(number))!;
      const { report } = analysed([readFileSync(join(FOLDER!, name))]);
      assert.deepEqual(told(report), processes);
    });
  }
});
