/** HTTP over a plain socket, for what a client library would not do: break off, stall, send nonsense. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawClient {
  readonly socket: Socket;
  /** Sends bytes and waits until the system has taken them. */
  send(bytes: string | Buffer): Promise<void>;
  /** Breaks the connection off. */
  abort(): void;
  /** Resolves when the service has closed the connection, with the first answer that it gave; null without one. */
  closed(): Promise<RawAnswer | null>;
}

/** The head of a POST with these lines. */
export const head = (path: string, ...fields: string[]) =>
  `${[`POST ${path} HTTP/1.1`, 'Host: localhost', ...fields].join('\r\n')}\r\n\r\n`;

export async function openRaw(port: number): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    socket,
    send: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    abort: () => socket.resetAndDestroy(),
    closed: async () => {
      await closed;
      return parseAnswer(Buffer.concat(chunks).toString());
    },
  };
}

function parseAnswer(text: string): RawAnswer | null {
  const answer = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
  const end = answer.indexOf('\r\n\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
  if (status === undefined || end === -1) return null;
  const fields = answer.slice(0, end).split('\r\n').slice(1);
  const headers = fields.map((field) => [
    field.slice(0, field.indexOf(':')).toLowerCase(),
    field.slice(field.indexOf(':') + 1).trim(),
  ]);
  return { status: Number(status), headers: Object.fromEntries(headers), body: answer.slice(end + 4) };
}

const EVENTUALLY_MS = 30_000;

/** Waits until the condition holds; fails loudly where it never does, and never because the machine is busy. */
export async function eventually(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + EVENTUALLY_MS;
  while (!(await condition())) {
    if (performance.now() > until) throw new Error(`not within ${EVENTUALLY_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Events {
  readonly received: readonly { event: string; data: Record<string, unknown> }[];
  readonly ended: Promise<unknown>;
}

/** A stream of server-sent events, read as far as it has come. */
export async function openEvents(url: string): Promise<Events> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage];
  if (!response.headers['content-type']?.startsWith('text/event-stream')) throw new Error(`no events: ${url}`);
  const received: { event: string; data: Record<string, unknown> }[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      if (event !== undefined) received.push({ event, data: JSON.parse(data!) });
      text = text.slice(end + 2);
    }
  });
  return { received, ended: once(response, 'end') };
}
