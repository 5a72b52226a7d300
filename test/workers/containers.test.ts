/** The same packets in another container are the same story: as files, through the whole analysis. */
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { Report } from '../../src/contract/report.ts';
import { runAnalysis } from '../../workers/run-analysis.ts';
import { type KernelCapture, kernelCaptures } from '../kernel-captures.ts';

async function analyse(path: string, { runs }: KernelCapture): Promise<Report> {
  const [first, last] = runs[0]!.clients[0]!.port_range_in_force;
  const options = { timeWaitSeconds: runs[0]!.linux_time_wait_s, portRange: { first, last } };
  const spec = { captures: [{ path, name: 'capture', sha256: null }], evidence: [], options, out: null };
  return (await runAnalysis(spec, () => {})).report;
}

function story({ summary, findings }: Report) {
  return {
    summary: summary.code,
    findings: findings.map(({ code, verdict, client, remote }) => ({ code, verdict, client, remote })),
  };
}

/** SYNs count as they are in the file, and a tcpdump of all interfaces may have missed the last packet. */
function counts({ totals, targets }: Report) {
  const { attempts, synRetransmissions, sessions, midstreamSessions, reuses } = totals;
  return {
    totals: { attempts, synRetransmissions, sessions, midstreamSessions, reuses },
    targets: targets.map(({ client, remote, attempts, distinctLocalPorts, outcomes, reuses }) => ({
      client,
      remote,
      attempts,
      distinctLocalPorts,
      outcomes,
      reuses: { count: reuses.count, answers: reuses.answers },
    })),
  };
}

/** What the missing tenth would have shown may be missing; nothing else may come instead but the word of the cut. */
function expectCut(report: Report, expected: Report): void {
  assert.equal(report.summary.code, expected.summary.code);
  const told = story(expected).findings.map((finding) => JSON.stringify(finding));
  const more = story(report).findings.filter(
    (finding) => finding.verdict === 'supported' && !told.includes(JSON.stringify(finding)),
  );
  assert.deepEqual(
    more.map(({ code }) => code),
    ['capture-quality'],
  );
}

describe('a container', () => {
  for (const capture of kernelCaptures()) {
    const base = capture.runs[0]!.name;
    if (capture.runs.length > 1 || capture.name === base) continue;
    it(`${capture.file} tells what ${base}.pcap tells`, async () => {
      const expected = await analyse(join(dirname(capture.path), `${base}.pcap`), capture);
      const report = await analyse(capture.path, capture);
      if (capture.cut) return expectCut(report, expected);
      assert.deepEqual(story(report), story(expected));
      assert.deepEqual(counts(report), counts(expected));
    });
  }
});
