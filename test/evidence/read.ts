/** What is read of a text, and how the tests speak of it. */
import type { EvidenceFacts, SocketRow } from '../../src/contract/evidence.ts';
import { type EvidenceOptions, readEvidence } from '../../src/evidence/evidence.ts';
import { ENCODERS } from './encoders.ts';

export const read = (text: string, options: EvidenceOptions = {}): EvidenceFacts =>
  readEvidence('evidence.txt', ENCODERS['utf-8'](text), options);

export const rowsOf = (facts: EvidenceFacts, snapshot = 0): SocketRow[] => [...facts.snapshots[snapshot]!.rows];

/** Nanoseconds since 1970. */
export const at = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;
