/** From the octets of capture files to what the diagnosis is handed: the stages in a row, without the processes. */
import { CaptureReader } from '../../../src/analysis/capture/capture-reader.ts';
import type { DiagnosisInput } from '../../../src/analysis/findings/scene.ts';
import { buildLedger } from '../../../src/analysis/ledger/build-ledger.ts';
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions } from '../../../src/analysis/ledger/options.ts';
import { attributeProcesses } from '../../../src/analysis/processes/attribution.ts';
import { Addresses } from '../../../src/analysis/segment/addresses.ts';
import { NamedProcesses } from '../../../src/analysis/segment/named-processes.ts';
import { Timeline } from '../../../src/analysis/segment/timeline.ts';
import { HostActivity } from '../../../src/analysis/session/activity.ts';
import { finishSessions, isFlagsOnly } from '../../../src/analysis/session/finish.ts';
import { SessionTracker } from '../../../src/analysis/session/tracker.ts';
import type { EvidenceFacts } from '../../../src/contract/evidence.ts';
import { emptyFacts } from '../../../src/contract/evidence.ts';
import { streamTo } from '../direct.ts';

export function inputOf(
  bytes: Uint8Array,
  options: Partial<LedgerOptions> = {},
  evidence: EvidenceFacts = emptyFacts(),
): DiagnosisInput {
  const timeline = new Timeline();
  const addresses = new Addresses();
  const activity = new HostActivity(addresses);
  const named = new NamedProcesses();
  const tracker = new SessionTracker(0, activity);
  const stream = streamTo(tracker, named);
  const reader = new CaptureReader(0, timeline, addresses, stream, named);
  reader.feed(bytes);
  reader.end();
  stream.flush();
  const flagsOnly = isFlagsOnly(tracker);
  const { duplicates } = tracker;
  const ledgerOptions = { ...DEFAULT_LEDGER_OPTIONS, ...options };
  const hints = { clients: ledgerOptions.clients, pool: ledgerOptions.portRange };
  const sessions = finishSessions(tracker, addresses, hints);
  const summary = reader.summary;
  const span = { from: summary.firstTime, to: summary.lastTime };
  const ledger = buildLedger({ sessions, addresses, timeline, options: ledgerOptions, span });
  const captures = [summary];
  const { owners } = attributeProcesses({ ledger, captures, named, evidence });
  return { ledger, activity, captures, flagsOnly, duplicates, evidence, owners };
}
