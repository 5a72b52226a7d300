/** What the API is built from. Everything is handed in; nothing here reads the environment. */
import type { FastifyRequest } from 'fastify';
import type { Allowed } from '../notify/addresses.ts';
import type { Queues } from '../queue/queue.ts';
import type { Records } from '../records/records.ts';
import type { CaptureStore, ResultStore } from '../store/store.ts';
import type { TableReader } from '../tables/reader.ts';
import type { ApiKeys } from './keys.ts';

export interface Parts {
  readonly records: Records;
  readonly captures: CaptureStore;
  readonly results: ResultStore;
  readonly queues: Queues;
  readonly tables: Pick<TableReader, 'read'>;
  readonly keys: ApiKeys;
  /** Everyone may use the service, under whatever name it is reached. */
  readonly listenWithoutKeys: boolean;
  /** Addresses that webhooks may reach though they are not public. */
  readonly webhookAllow: Allowed;
  /** What links that leave the API begin with; null: the address the request came to. */
  readonly publicUrl: string | null;
  readonly version: string;
  /** An upload that brings less than a kilobyte in so long is cut off. */
  readonly bodyIdleSeconds: number;
  /** Lines of JSON go to `stream`. */
  readonly log: { readonly level: string; readonly stream: { write(line: string): void } };
}

const HOST = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

/** What links that leave the API begin with. A Host header that is none gives way to the address of the socket. */
export function baseUrlOf(request: FastifyRequest, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl;
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const own = localAddress.includes(':') ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`;
  return `${request.protocol}://${HOST.test(request.host) ? request.host : own}`;
}
