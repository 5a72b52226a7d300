import type { WriteStream } from 'node:tty';
import type { AnalysisProgress } from '../../workers/progress.ts';
import { count } from '../render/words.ts';

const WIDTH = 30;

/** One line that is written over, on a terminal only. */
export class ProgressBar {
  readonly #stream: WriteStream;
  #shown = false;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  show({ stage, bytes, totalBytes, packets }: AnalysisProgress): void {
    if (!this.#stream.isTTY) return;
    const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
    const filled = Math.round(share * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    const percent = String(Math.floor(share * 100)).padStart(3);
    this.#stream.write(`\r[${bar}] ${percent} %  ${count(packets)} packets  ${stage}\x1b[K`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }
}
