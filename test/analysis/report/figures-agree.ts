/** What the contract says about figures that belong together: held against every report that a test makes. */
import assert from 'node:assert/strict';
import { Value } from 'typebox/value';
import { MAX_CLIENTS } from '../../../src/analysis/report/clients.ts';
import { MAX_TARGETS } from '../../../src/analysis/report/targets.ts';
import type { ClientReport, Occupancy, Report, TargetReport } from '../../../src/contract/report.ts';
import { Report as ReportSchema } from '../../../src/contract/report.ts';

export function assertFiguresAgree(report: Report, timeWaitSeconds = 120): void {
  assert.deepEqual([...Value.Errors(ReportSchema, report)], []);
  for (const target of report.targets) agreesInside(target);
  for (const client of report.clients) agreesWithTargets(client, report);
  for (const { occupancy } of [...report.targets, ...report.clients]) {
    assert.deepEqual(
      occupancy.map((row) => row.timeWaitSeconds),
      reported(timeWaitSeconds),
    );
    growsWithTimeWait(occupancy);
  }
  inOrder(report.targets);
  inOrder(report.clients);
  agreesWithTotals(report);
  saysWhatIsCut(report);
}

function reported(timeWaitSeconds: number): number[] {
  return [...new Set([30, 60, 120, 240, timeWaitSeconds])].sort((a, b) => a - b);
}

function agreesInside(target: TargetReport): void {
  const { attempts, outcomes, ends, reuses } = target;
  assert.equal(sum(Object.values(outcomes)), attempts, 'outcomes add up to attempts');
  assert.ok(sum(Object.values(ends)) >= outcomes.established, 'ends hold every established session');
  assert.ok(target.synPackets >= attempts + target.synRetransmissions, 'every SYN of an attempt is a packet');
  assert.ok(target.distinctLocalPorts <= attempts);
  assert.equal(target.distinctLocalPorts > 0, attempts > 0);
  assert.equal(sum(Object.values(reuses.answers)), reuses.count, 'answers add up to the reuses');
  assert.ok(reuses.count <= attempts);
  assert.deepEqual(
    reuses.histogram.map((bin) => bin.fromSeconds),
    [0, 1, 30, 60, 120, 240],
  );
  assert.deepEqual(
    reuses.histogram.map((bin) => bin.toSeconds),
    [1, 30, 60, 120, 240, null],
  );
  const gaps = sum(reuses.histogram.map((bin) => bin.count));
  assert.ok(gaps <= reuses.count, 'a reuse without a gap is in no bin');
  const least = reuses.histogram.find((bin) => bin.count > 0);
  assert.equal(reuses.minGapSeconds === null, gaps === 0);
  if (least && reuses.minGapSeconds !== null) {
    assert.ok(reuses.minGapSeconds >= least.fromSeconds, 'the smallest gap is in the first bin that has any');
    assert.ok(least.toSeconds === null || reuses.minGapSeconds < least.toSeconds);
  }
  if (attempts === 0) assert.deepEqual([target.firstAttempt, target.lastAttempt], [null, null]);
  else assert.ok(target.firstAttempt! <= target.lastAttempt!);
}

function agreesWithTargets(client: ClientReport, report: Report): void {
  const { pool, occupancy } = client;
  assert.equal(pool.size, pool.last - pool.first + 1);
  assert.ok(pool.usable <= pool.size);
  for (const { peak, ratio } of occupancy) {
    assert.ok(peak <= pool.usable);
    assert.ok(Math.abs(ratio - peak / Math.max(pool.usable, 1)) < 1e-12, 'a ratio is of the usable ports');
  }
  if (report.targets.length < report.targetsTotal) return;
  const targets = report.targets.filter((target) => target.client === client.address);
  assert.equal(targets.length, client.remotes);
  assert.equal(
    sum(targets.map((target) => target.attempts)),
    client.attempts,
    'a client has the attempts of its targets',
  );
  const ports = targets.map((target) => target.distinctLocalPorts);
  assert.ok(client.distinctLocalPorts >= Math.max(0, ...ports) && client.distinctLocalPorts <= sum(ports));
  for (const [at, { peak }] of occupancy.entries()) {
    const peaks = targets.map((target) => target.occupancy[at]!.peak);
    assert.ok(peak >= Math.max(0, ...peaks) && peak <= sum(peaks), 'the host has what its targets have at one moment');
    for (const target of targets) assert.ok(target.occupancy[at]!.ratio <= occupancy[at]!.ratio);
  }
}

function growsWithTimeWait(occupancy: readonly Occupancy[]): void {
  for (const [at, row] of occupancy.entries()) {
    assert.equal(row.peakAt === null, row.peak === 0);
    if (at > 0) assert.ok(row.peak >= occupancy[at - 1]!.peak, 'a longer TIME_WAIT frees no port');
  }
}

function inOrder(rows: readonly { attempts: number }[]): void {
  for (let at = 1; at < rows.length; at++) assert.ok(rows[at - 1]!.attempts >= rows[at]!.attempts);
}

function agreesWithTotals(report: Report): void {
  const { totals, targets, captures } = report;
  assert.equal(totals.sessions, totals.attempts + totals.midstreamSessions);
  assert.equal(sum(captures.map((capture) => capture.packets)), totals.packets);
  if (targets.length < report.targetsTotal) return;
  const of = (figure: (target: TargetReport) => number) => sum(targets.map(figure));
  const midstream = of((target) => sum(Object.values(target.ends)) - target.outcomes.established);
  assert.ok(midstream <= totals.midstreamSessions, 'a midstream session without a known client is in no target');
  assert.ok(of((target) => target.attempts) <= totals.attempts);
}

/** Where every client is reported and nothing is cut, the targets add up to the totals. */
export function assertTargetsAddUp({ totals, targets, clients }: Report): void {
  const of = (figure: (target: TargetReport) => number) => sum(targets.map(figure));
  assert.equal(
    of((target) => target.attempts),
    totals.attempts,
  );
  assert.equal(sum(clients.map((client) => client.attempts)), totals.attempts);
  assert.equal(
    of((target) => target.synRetransmissions),
    totals.synRetransmissions,
  );
  assert.equal(
    of((target) => target.reuses.count),
    totals.reuses,
  );
}

function saysWhatIsCut(report: Report): void {
  const { clients, clientsTotal, targets, targetsTotal } = report;
  assert.equal(clients.length, Math.min(clientsTotal, MAX_CLIENTS));
  assert.equal(targets.length, Math.min(targetsTotal, MAX_TARGETS));
  const cut = report.quality.reasons.find((reason) => reason.code === 'report-cut');
  const missing = clientsTotal - clients.length + targetsTotal - targets.length;
  assert.equal(cut?.count ?? 0, missing);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
