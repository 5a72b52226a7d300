/** Reads the text files that come beside the captures, and the events that were given as options. */
import { readFile } from 'node:fs/promises';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../src/analysis/ledger/options.ts';
import type { EvidenceFacts, UnixNanoseconds } from '../src/contract/evidence.ts';
import type { AnalysisOptions } from '../src/contract/job.ts';
import { PortledgerError } from '../src/errors.ts';
import { canonicalAddress } from '../src/evidence/address.ts';
import { hostPorts, joinEvidence, parseEventOption, readEvidence } from '../src/evidence/evidence.ts';

export interface Companion {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Throws `file-unreadable` where there is no such file; what a file holds is not looked at yet. */
export async function loadCompanions(files: readonly { path: string; name: string }[]): Promise<Companion[]> {
  const load = async ({ path, name }: { path: string; name: string }) => {
    const bytes = await readFile(path).catch((cause: Error) => {
      throw new PortledgerError('file-unreadable', `${name}: ${cause.message}`, { cause });
    });
    return { name, bytes };
  };
  return Promise.all(files.map(load));
}

/** The facts of all of them together; `near` is a time of the capture, which settles dates that can be read two ways. */
export function factsOf(
  companions: readonly Companion[],
  { utcOffset, events = [] }: AnalysisOptions,
  near: UnixNanoseconds | undefined,
): EvidenceFacts {
  const facts = joinEvidence(companions.map(({ name, bytes }) => readEvidence(name, bytes, { utcOffset, near })));
  for (const event of events) facts.events.push(parseEventOption(event, utcOffset));
  return facts;
}

/** What of options and companion files decides the figures of the ledger. */
export function ledgerOptions(options: AnalysisOptions, evidence: EvidenceFacts): LedgerOptions {
  return {
    timeWaitSeconds: options.timeWaitSeconds ?? DEFAULT_LEDGER_OPTIONS.timeWaitSeconds,
    portRange: options.portRange ?? null,
    clients: (options.clients ?? []).map((client) => canonicalAddress(client) ?? client),
    hosts: hostPorts(evidence),
  };
}
