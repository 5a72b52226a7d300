/** Findings of more ports than a filter holds: it still selects frames that they name. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Timeline } from '../../src/analysis/segment/timeline.ts';
import type { FindingCode } from '../../src/contract/report.ts';
import { assertFilterSelects, skipWithoutTshark } from '../analysis/findings/tshark.ts';
import { host, MINUTE, plan, traffic } from './cases.ts';
import { examine } from './diagnose.ts';
import { PcapWriter } from './pcap-writer.ts';
import { type Plan, simulate } from './simulate.ts';
import { poisson, type Script } from './traffic.ts';

/** Four minutes in which half of the sessions end as told. */
function short(script: Partial<Script>): Plan {
  const application = {
    ...traffic(0, poisson(1)),
    script: (random: { chance(share: number): boolean }) => (random.chance(0.5) ? script : {}),
  };
  return plan(1, 4 * MINUTE, [host('random', [application])]);
}

const CASES: [code: FindingCode, the: Plan][] = [
  ['half-closed-sessions', short({ end: 'close-wait' })],
  ['sessions-never-closed', short({ end: 'never' })],
  ['unanswered-attempts', short({ answer: 'silent' })],
];

describe('display filters of many ports', { skip: skipWithoutTshark }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'portledger-filters-'));
  after(() => rmSync(folder, { recursive: true }));

  for (const [code, the] of CASES) {
    it(code, () => {
      const path = join(folder, `${code}.pcap`);
      const timeline = new Timeline();
      const chunks: Uint8Array[] = [];
      const writer = new PcapWriter((chunk) => chunks.push(chunk.slice()), timeline);
      simulate(the, writer, timeline);
      writer.end();
      writeFileSync(path, Buffer.concat(chunks));
      const finding = examine(the).diagnosis.findings.find((one) => one.code === code && one.verdict === 'supported')!;
      assert.ok(finding.evidence.localPortsTotal > 60);
      assertFilterSelects(path, finding);
    });
  }
});
