import type { Finding } from '../../src/contract/report.ts';
import { type Case, CLIENT, type Expected } from './cases.ts';
import { type Examined, examine } from './diagnose.ts';

/** What one run of a case came to. */
export interface Score {
  seed: number;
  /** Every expected finding is supported. */
  found: boolean;
  /** The stated power says that the fault could not be seen, and it was neither found nor ruled out. */
  belowPower: boolean;
  /** Supported findings that the case does not hold. */
  falseAlarms: string[];
  /** Faults that were ruled out, and verdicts that are not the wanted ones. */
  wrongVerdicts: string[];
  /** Supported at severity `info`, which never decides. */
  remarks: string[];
  summary: string;
}

export function play(the: Case, seed: number): Score {
  return score(the, seed, examine(the.plan(seed), the.options));
}

function score(the: Case, seed: number, examined: Examined): Score {
  const { findings, summary } = examined.diagnosis;
  const supported = findings.filter(({ verdict, code }) => verdict === 'supported' && code !== 'capture-quality');
  const grave = supported.filter(({ severity }) => severity !== 'info');
  const expects = the.expects ?? [];
  const allowed = [...expects, ...(the.allows ?? [])];
  const found = expects.every((expected) => grave.some((finding) => matches(finding, expected)));
  return {
    seed,
    found,
    belowPower: !found && the.mayBeBelowPower === true && !couldBeSeen(examined),
    falseAlarms: grave.filter((finding) => !allowed.some((one) => matches(finding, one))).map(textOf),
    wrongVerdicts: [...ruledOut(expects, findings), ...otherVerdicts(the, findings)],
    remarks: supported.filter(({ severity }) => severity === 'info').map(textOf),
    summary: summary.code,
  };
}

function matches(finding: Finding, { code, remote }: Expected): boolean {
  return finding.code === code && finding.remote === remote && (finding.client === CLIENT || finding.client === null);
}

function textOf({ code, client, remote }: Finding): string {
  return `${code} ${client}${remote === null ? '' : ` to ${remote}`}`;
}

/** Whether the smallest loss that would have been found, by the finding's own word, is below what was lost. */
function couldBeSeen({ run, diagnosis, ledger }: Examined): boolean {
  const entry = diagnosis.findings.find(({ code, client }) => code === 'lost-ports' && client === CLIENT);
  const power = entry?.evidence.numbers.smallestFoundLossShare;
  if (typeof power !== 'number') return false;
  const { usable } = ledger.pool(0);
  return run.truth.lost.length / usable >= power;
}

function ruledOut(expects: readonly Expected[], findings: readonly Finding[]): string[] {
  return findings
    .filter(
      ({ verdict, client, code }) =>
        verdict === 'excluded' && client === CLIENT && expects.some((one) => one.code === code),
    )
    .map(({ code }) => `${code} excluded`);
}

function otherVerdicts(the: Case, findings: readonly Finding[]): string[] {
  return Object.entries(the.verdicts ?? {}).flatMap(([code, wanted]) => {
    const entry = findings.find((finding) => finding.code === code && finding.client === CLIENT);
    return entry?.verdict === wanted ? [] : [`${code} ${entry?.verdict ?? 'missing'}, not ${wanted}`];
  });
}
