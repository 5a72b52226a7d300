/**
 * Files of one request on their way into the store. They become visible together, when the whole request has been read
 * and found right; until then, and on every error, nothing of them stays.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { MultipartFile } from '@fastify/multipart';
import { PortledgerError } from '../../errors.ts';
import type { CaptureStore, IncomingCapture } from '../../store/store.ts';
import { letSend } from '../plugins/expectations.ts';
import { displayName } from './names.ts';

/** Where files go: the store, or something that keeps nothing and only measures. */
export interface Sink extends Pick<CaptureStore, 'create' | 'delete'> {
  /** Told what will become visible, before it does. */
  expect(ids: readonly string[]): Promise<void>;
}

export type FileKind = 'capture' | 'evidence';

export interface ReceivedFile {
  readonly id: string;
  readonly kind: FileKind;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface PendingFile {
  readonly incoming: IncomingCapture;
  readonly kind: FileKind;
  readonly name: string;
  /** What the store must hold in the end. */
  readonly announced: { bytes: number; sha256?: string | undefined };
}

export class Reception {
  readonly #sink: Sink;
  readonly #pending: PendingFile[] = [];

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** How many files of a kind have come. */
  count(kind: FileKind): number {
    return this.#pending.filter((file) => file.kind === kind).length;
  }

  /** Takes the whole body of a request as one file. Throws `body-empty` when there is nothing in it. */
  async takeBody(body: IncomingMessage, kind: FileKind, name: string | undefined, sha256?: string): Promise<void> {
    const length = announcedLength(body);
    if (length === 0) throw emptyBody();
    const incoming = await this.#sink.create(length);
    this.#pending.push({ incoming, kind, name: displayName(name), announced: { bytes: length ?? 0, sha256 } });
    letSend(body);
    const bytes = await fill(incoming, body);
    if (bytes === 0) throw emptyBody();
    this.#pending.at(-1)!.announced.bytes = length ?? bytes;
  }

  /** Takes one file of a form. An empty one is taken, too: what its bytes say is the job's matter. */
  async takePart(part: MultipartFile, kind: FileKind): Promise<void> {
    const incoming = await this.#sink.create();
    const announced = { bytes: 0 };
    this.#pending.push({ incoming, kind, name: displayName(part.filename), announced });
    announced.bytes = await fill(incoming, part.file);
    // The form's reader cuts silently where it has a limit; it is told none, and this makes sure of it.
    if (part.file.truncated) throw new PortledgerError('body-too-large', `"${displayName(part.filename)}" was cut`);
  }

  /** Makes all files durable and visible, in the order in which they came. */
  async commit(): Promise<ReceivedFile[]> {
    await this.#sink.expect(this.#pending.map(({ incoming }) => incoming.id));
    const received: ReceivedFile[] = [];
    try {
      for (const { incoming, kind, name, announced } of this.#pending) {
        received.push({ ...(await incoming.commit(announced)), kind, name });
      }
      return received;
    } catch (error) {
      await Promise.all(received.map(({ id }) => this.#sink.delete(id)));
      throw error;
    }
  }

  /** For a `finally`: what was not committed is gone. */
  async close(): Promise<void> {
    await Promise.all(this.#pending.map(({ incoming }) => incoming.abort()));
  }
}

/**
 * Answers how many bytes came. A source that fails is not destroyed, as the connection under it still carries the answer;
 * where the store takes no more, the rest of the source is not waited for.
 */
async function fill({ stream }: IncomingCapture, source: Readable): Promise<number> {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
  };
  source.on('data', count);
  source.pipe(stream);
  try {
    await Promise.race([finished(stream), failureOf(source)]);
    return bytes;
  } finally {
    source.off('data', count);
    source.unpipe(stream);
    source.pause();
  }
}

/** Rejects when the source breaks off; does not resolve. */
async function failureOf(source: Readable): Promise<never> {
  await finished(source, { writable: false }).catch((cause: unknown) => {
    throw new PortledgerError('body-incomplete', 'The connection was closed before the end of the body', { cause });
  });
  return new Promise(() => {});
}

function announcedLength({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

export function emptyBody(): PortledgerError {
  return new PortledgerError('body-empty', 'The body is empty: a capture, a form with a file, or JSON is needed');
}
