/** Reads the text files that come beside the captures, and the events that were given as options. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../src/analysis/ledger/options.ts';
import { type EvidenceFacts, emptyFacts, type UnixNanoseconds } from '../src/contract/evidence.ts';
import type { AnalysisOptions } from '../src/contract/job.ts';
import { PortledgerError } from '../src/errors.ts';
import { EVIDENCE_BYTES_LIMIT } from '../src/evidence/bounds.ts';
import { hostPorts } from '../src/evidence/host-ports.ts';
import { regularFile } from './regular-file.ts';

export interface Companion {
  readonly name: string;
  /** As many of its octets as are looked at. */
  readonly bytes: Uint8Array;
  /** All of its octets. */
  readonly size: number;
}

/** Throws `file-unreadable` where there is no such file; what a file holds is not looked at yet. */
export async function loadCompanions(files: readonly { path: string; name: string }[]): Promise<Companion[]> {
  const load = async ({ path, name }: { path: string; name: string }) => {
    try {
      const { size } = regularFile(path);
      return { name, size, bytes: await buffer(createReadStream(path, { end: EVIDENCE_BYTES_LIMIT - 1 })) };
    } catch (cause) {
      throw new PortledgerError('file-unreadable', `${name}: ${(cause as Error).message}`, { cause });
    }
  };
  return Promise.all(files.map(load));
}

/** The facts of all of them together; `near` is a time of the capture, which settles dates that can be read two ways. */
export async function factsOf(
  companions: readonly Companion[],
  { utcOffset, events = [] }: AnalysisOptions,
  near: UnixNanoseconds | undefined,
): Promise<EvidenceFacts> {
  if (companions.length === 0 && events.length === 0) return emptyFacts();
  // Loaded only here: most captures come alone.
  const { joinEvidence, parseEventOption, readEvidence } = await import('../src/evidence/evidence.ts');
  const facts = joinEvidence(
    companions.map(({ name, bytes, size }) => readEvidence(name, bytes, { utcOffset, near, size })),
  );
  for (const event of events) facts.events.push(parseEventOption(event, utcOffset));
  return facts;
}

/** What of options and companion files decides the figures of the ledger. */
export async function ledgerOptions(options: AnalysisOptions, evidence: EvidenceFacts): Promise<LedgerOptions> {
  return {
    timeWaitSeconds: options.timeWaitSeconds ?? DEFAULT_LEDGER_OPTIONS.timeWaitSeconds,
    portRange: options.portRange ?? null,
    clients: await inCanonicalForm(options.clients ?? []),
    hosts: hostPorts(evidence),
  };
}

async function inCanonicalForm(addresses: readonly string[]): Promise<string[]> {
  if (addresses.length === 0) return [];
  const { canonicalAddress } = await import('../src/evidence/address.ts');
  return addresses.map((address) => canonicalAddress(address) ?? address);
}
