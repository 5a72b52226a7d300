import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { UnreadableEvidence } from '../../src/contract/evidence.ts';
import type { AnalysisOptions } from '../../src/contract/job.ts';
import type { Finding, Report } from '../../src/contract/report.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { ethernet, ipv4, tcp } from '../builders/headers.ts';
import { type BuiltRecord, FIRST_SECOND, pcap } from '../builders/pcap-file.ts';
import { ENCODERS, oemWestern } from '../evidence/encoders.ts';
import { dynamicPorts, netstat, type SampleRow } from '../evidence/samples.ts';

const [CLIENT, REMOTE] = ['10.1.1.10', '10.2.0.1'];
const [SYN, ACK, FIN] = [0x02, 0x10, 0x01];
const SPAN_SECONDS = 400;
/** Sessions that stay open: ports 50000 to 50007. */
const OPEN = 8;

/** Handshake and one request at `seconds`; unless it stays open, the client closes it a second later. */
function session(port: number, seconds: number, staysOpen: boolean): BuiltRecord[] {
  const packet = (at: number, fromClient: boolean, flags: number, seq: number, ack: number, payload = '') => {
    const ports = fromClient
      ? { sourcePort: port, destinationPort: 3200 }
      : { sourcePort: 3200, destinationPort: port };
    const ends = fromClient ? { source: CLIENT, destination: REMOTE } : { source: REMOTE, destination: CLIENT };
    const identification = ((port * 16 + seq) & 0xfff) + (fromClient ? 1 : 0x4001);
    const segment = tcp({ ...ports, seq, ack, flags }, new TextEncoder().encode(payload));
    const frame = ethernet(0x0800, ipv4({ ...ends, identification }, segment));
    return { frame, seconds: FIRST_SECOND + Math.floor(at), fraction: Math.round((at % 1) * 1e6) };
  };
  const opened = [
    packet(seconds, true, SYN, 100, 0),
    packet(seconds + 0.01, false, SYN | ACK, 900, 101),
    packet(seconds + 0.02, true, ACK, 101, 901),
    packet(seconds + 0.03, true, ACK, 101, 901, 'hello'),
    packet(seconds + 0.04, false, ACK, 901, 106),
  ];
  if (staysOpen) return opened;
  return [
    ...opened,
    packet(seconds + 1, true, FIN | ACK, 106, 901),
    packet(seconds + 1.01, false, FIN | ACK, 901, 107),
    packet(seconds + 1.02, true, ACK, 107, 902),
  ];
}

function capture(): Uint8Array {
  const records: BuiltRecord[] = [];
  for (let index = 0; index < 198; index++) {
    const staysOpen = index >= 20 && index < 20 + OPEN;
    records.push(...session(staysOpen ? 49_980 + index : 50_100 + index, index * 2, staysOpen));
  }
  return pcap(
    {},
    records.toSorted((a, b) => a.seconds! - b.seconds! || a.fraction! - b.fraction!),
  );
}

const row = (port: number, state = 'ESTABLISHED'): SampleRow => ({
  local: `${CLIENT}:${port}`,
  remote: `${REMOTE}:3200`,
  state,
  pid: 4711,
  owner: [' [disp+work.exe]'],
});
const LISTENERS: SampleRow[] = [
  { local: '0.0.0.0:135', remote: '0.0.0.0:0', state: 'LISTENING', pid: 892, owner: ['  RpcSs', ' [svchost.exe]'] },
  { local: '0.0.0.0:49664', remote: '0.0.0.0:0', state: 'LISTENING', pid: 600, owner: [' [lsass.exe]'] },
];
const ALL = Array.from({ length: OPEN }, (_, index) => row(50_000 + index));
/** The netstat's local time at an hour east of Greenwich, in the last minute of the capture. */
const TAKEN = new Date((FIRST_SECOND + SPAN_SECONDS - 10 + 3600) * 1000).toISOString().slice(11, 19);

describe('evidence beside a capture', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'evidence-'));
    await writeFile(join(folder, 'capture.pcap'), capture());
  });
  after(() => rm(folder, { recursive: true }));

  async function analyse(evidence: Record<string, Uint8Array>, options: AnalysisOptions = {}): Promise<Report> {
    const files = Object.entries(evidence).map(([name, bytes]) => ({ name, path: join(folder, name), bytes }));
    for (const { path, bytes } of files) await writeFile(path, bytes);
    const captures = [{ path: join(folder, 'capture.pcap'), name: 'capture.pcap', sha256: '' }];
    return (await runAnalysis({ captures, evidence: files, options, out: null }, () => {})).report;
  }

  const missing = (report: Report): Finding => report.findings.find(({ code }) => code === 'missing-from-netstat')!;
  const snapshot = (rows: SampleRow[]) => `14.11.2023 ${TAKEN},12\r\n${netstat('german', rows, true)}`;

  it('sets the pool, less exclusions and listeners', async () => {
    const excluded =
      'Protocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n----------    --------\n     60000       60099     *\n';
    const report = await analyse({
      range: ENCODERS['utf-16le with mark'](dynamicPorts('french')),
      excluded: ENCODERS['utf-8'](excluded),
      netstat: ENCODERS['utf-8'](netstat('english', [...LISTENERS, ...ALL])),
    });
    assert.deepEqual(report.clients[0]!.pool, {
      first: 49152,
      last: 65535,
      size: 16384,
      usable: 16384 - 100 - 1,
      source: 'evidence',
    });
  });

  it('names the processes', async () => {
    const report = await analyse({ netstat: oemWestern(snapshot([...LISTENERS, ...ALL])) }, { utcOffset: '+01:00' });
    assert.deepEqual(report.processes, [
      {
        pid: 4711,
        name: 'disp+work.exe',
        source: 'netstat',
        confidence: 'high',
        attempts: OPEN,
        openSessions: OPEN,
        clients: [CLIENT],
      },
      {
        pid: 600,
        name: 'lsass.exe',
        source: 'netstat',
        confidence: 'medium',
        attempts: 0,
        openSessions: 0,
        clients: [CLIENT],
      },
      {
        pid: 892,
        name: 'svchost.exe',
        source: 'netstat',
        confidence: 'medium',
        attempts: 0,
        openSessions: 0,
        clients: [CLIENT],
      },
    ]);
  });

  it('agrees with a netstat that lists every open session', async () => {
    const report = await analyse({ netstat: oemWestern(snapshot([...LISTENERS, ...ALL])) }, { utcOffset: '+01:00' });
    assert.equal(report.quality.grade, 'A');
    assert.equal(missing(report).verdict, 'excluded');
  });

  for (const [name, encode] of Object.entries({ 'code page 850': oemWestern, ...ENCODERS })) {
    it(`finds the sessions that a netstat does not know, in ${name}`, async () => {
      const report = await analyse(
        { netstat: encode(snapshot([...LISTENERS, ...ALL.slice(0, 2)])) },
        { utcOffset: '+01:00' },
      );
      const { verdict, client, evidence } = missing(report);
      assert.deepEqual([verdict, client], ['supported', CLIENT]);
      assert.deepEqual(evidence.localPorts, [50002, 50003, 50004, 50005, 50006, 50007]);
    });
  }

  it('draws nothing from a netstat without listeners, or with a row that is damaged', async () => {
    const some = ALL.slice(0, 2);
    const damaged = snapshot([...LISTENERS, ...some]).replace(`${REMOTE}:3200`, REMOTE);
    for (const text of [snapshot(some), damaged]) {
      const report = await analyse({ netstat: oemWestern(text) }, { utcOffset: '+01:00' });
      assert.equal(missing(report).verdict, 'inconclusive');
    }
  });

  it('goes on without what cannot be read, and names file, line and reason', async () => {
    const text = snapshot([...LISTENERS, ...ALL]).replace(`${REMOTE}:3200`, REMOTE);
    const report = await analyse({ 'netstat.txt': oemWestern(text), 'log.evtx': ENCODERS['utf-8']('ElfFile\0\0') });
    const named = report.quality.reasons.filter(({ code }) => code === 'evidence-unreadable');
    const reasons = named as unknown as UnreadableEvidence[];
    assert.deepEqual(
      reasons.map(({ file, line }) => [file, line]),
      [
        ['netstat.txt', 11],
        ['log.evtx', 1],
      ],
    );
    assert.match(reasons[1]!.reason, /wevtutil/);
    assert.equal(report.totals.attempts, 198);
  });
});
