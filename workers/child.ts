/** The child's side: waits for its order, runs it, reports, ends. */
import { PortledgerError } from '../src/errors.ts';
import type { AnalysisProgress } from './progress.ts';
import type { AnalysisOrder, ChildMessage } from './protocol.ts';

export type Analyse = (
  order: AnalysisOrder,
  onProgress: (progress: AnalysisProgress) => void,
) => Promise<{ report: { summary: { code: string; headline: string; text: string } } }>;

export function serveAnalysis(analyse: Analyse): void {
  process.umask(0o077); // results are for the service's own user
  process.once('message', (order: AnalysisOrder) => {
    void run(analyse, order)
      .then(tell)
      .finally(() => process.connected && process.disconnect());
  });
}

async function run(analyse: Analyse, order: AnalysisOrder): Promise<ChildMessage> {
  try {
    const { report } = await analyse(order, watchfulProgress(order.memoryBytes));
    const { code, headline, text } = report.summary;
    return { kind: 'completed', summary: { code, headline, text } };
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * The analysis reads synchronously, so nothing of the event loop runs meanwhile: what has to be looked at is looked at
 * here. A parent that was killed cannot end its child, and memory can be read from outside on Linux only.
 */
function watchfulProgress(memoryBytes: number): (progress: AnalysisProgress) => void {
  const parent = process.ppid;
  return (progress) => {
    if (process.ppid !== parent) process.exit(1);
    if (process.memoryUsage.rss() > memoryBytes) throw outOfMemory(memoryBytes);
    // Written at once, even when the event loop never turns.
    process.send?.({ kind: 'progress', progress } satisfies ChildMessage);
  };
}

const outOfMemory = (memoryBytes: number) =>
  new PortledgerError('analysis-memory', `the analysis needed more than the ${memoryBytes} bytes it may have`);

/** How V8 says that an array cannot be had. */
const NO_ARRAY = /allocation failed|Invalid typed array length|Invalid array buffer length/i;

function messageOf(error: unknown): ChildMessage {
  if (error instanceof PortledgerError) return { kind: 'failed', code: error.code, detail: error.message };
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return { kind: 'failed', code: 'storage-full', detail: 'the disk is full: the results could not be written' };
  }
  if (error instanceof RangeError && NO_ARRAY.test(message)) {
    return { kind: 'failed', code: 'analysis-memory', detail: 'the analysis needed more memory than there is' };
  }
  return { kind: 'crashed', detail: stack ?? String(error) };
}

function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) return resolve();
    process.send(message, () => resolve());
  });
}
