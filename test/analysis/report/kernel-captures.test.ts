/** Reports of real captures: their figures agree, and are those that the programs on both ends logged. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Conclusion } from '../../../src/analysis/analyse.ts';
import { DEFAULT_LEDGER_OPTIONS } from '../../../src/analysis/ledger/options.ts';
import { portColumns } from '../../../src/analysis/ledger/ports.ts';
import { emptyFacts } from '../../../src/contract/evidence.ts';
import { figure } from '../../../src/render/words.ts';
import { type KernelCapture, kernelCaptures, type TrueAttempt, type Truth } from '../../kernel-captures.ts';
import { directAnalysis } from '../direct.ts';
import { assertFiguresAgree, assertTargetsAddUp } from './figures-agree.ts';

function conclude(capture: KernelCapture, timeWaitSeconds: number): Conclusion {
  const bytes = capture.bytes();
  const { analysis, reading } = directAnalysis(1);
  reading.reader(0).feed(bytes);
  reading.end(0);
  const origin = { name: capture.file, sha256: null, bytes: bytes.length, compression: 'none' };
  return analysis.conclude(reading.finish(), [origin], { ...DEFAULT_LEDGER_OPTIONS, timeWaitSeconds }, emptyFacts());
}

/** The attempts that left packets in the capture, by client and remote as the report spells them. */
function attemptsByTarget(runs: readonly Truth[]): Map<string, TrueAttempt[]> {
  const byTarget = new Map<string, TrueAttempt[]>();
  for (const run of runs) {
    for (const attempt of run.attempts) {
      if (!attempt.syn_expected || attempt.t0 < run.capture_start) continue;
      const target = `${attempt.laddr} ${attempt.raddr}:${attempt.rport}`;
      byTarget.set(target, [...(byTarget.get(target) ?? []), attempt]);
    }
  }
  return byTarget;
}

function count<T>(items: readonly T[], matches: (item: T) => boolean): number {
  return items.filter(matches).length;
}

function countByPort(attempts: readonly TrueAttempt[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { lport } of attempts) counts.set(lport!, (counts.get(lport!) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

/** "1 are open", "1 of 80 ports were taken", "1 sessions": not "10.1.1.1", "0.1 s", "99 of 100". */
const ONE_AS_MANY =
  /(?<![\d.,:/-])1 (?:(?:of \d+ )?(?:[a-z]+ )?(?:are|were|hold|lack|show|have)|(?:[a-z]+ )?(?:sessions|ports|reuses|attempts|packets|targets|draws|seconds))\b/;

for (const capture of kernelCaptures()) {
  describe(`the report of ${capture.file}`, () => {
    const { report, ledger } = conclude(capture, 60);

    it('has figures that agree', () => {
      assertFiguresAgree(report, 60);
      assertTargetsAddUp(report);
      assert.equal(
        report.targets.reduce((sum, target) => sum + target.synPackets, 0),
        report.totals.synPackets,
      );
    });

    it('says one as one, and calls no two figures of a finding the same', () => {
      for (const { title, explanation, evidence } of report.findings) {
        for (const text of [title, explanation]) assert.doesNotMatch(text, ONE_AS_MANY);
        for (const figures of [evidence.numbers, evidence.thresholds]) {
          const labels = Object.entries(figures).map(([name, value]) => figure(name, value).label);
          assert.deepEqual(labels, [...new Set(labels)], title);
        }
      }
      assert.doesNotMatch(report.summary.text, ONE_AS_MANY);
      for (const { message } of report.quality.reasons) assert.doesNotMatch(message, ONE_AS_MANY);
    });

    // What was made and what is in the file differ where the file is cut.
    if (capture.cut) return;

    it('counts the attempts of every target as they were made', () => {
      const truth = attemptsByTarget(capture.runs);
      for (const target of report.targets.filter(({ attempts }) => attempts > 0)) {
        const made = truth.get(`${target.client} ${target.remote.address}:${target.remote.port}`)!;
        assert.equal(target.attempts, made.length);
        assert.equal(target.distinctLocalPorts, new Set(made.map(({ lport }) => lport)).size);
        assert.equal(
          target.outcomes.established,
          count(made, ({ ok }) => ok),
        );
        assert.equal(
          target.outcomes.refused,
          count(made, ({ errno }) => errno === 'ECONNREFUSED'),
        );
      }
      assert.equal(
        count(report.targets, ({ attempts }) => attempts > 0),
        truth.size,
      );
    });

    it('counts the attempts of every local port', () => {
      const truth = attemptsByTarget(capture.runs);
      const ports = portColumns(ledger, 0, ledger.ports.count);
      for (const [target, made] of truth) {
        const rows = [...ports.target.keys()].filter((at) => nameOf(ports.target[at]!) === target);
        const counted = rows
          .map((at) => [ports.localPort[at]!, ports.attempts[at]!])
          .filter(([, attempts]) => attempts! > 0);
        assert.deepEqual(counted, countByPort(made));
      }
    });

    function nameOf(target: number): string {
      const { targets, clients, addresses } = ledger;
      const client = addresses.text(clients.address[targets.client[target]!]!);
      return `${client} ${addresses.text(targets.remote[target]!)}:${targets.remotePort[target]}`;
    }
  });
}
