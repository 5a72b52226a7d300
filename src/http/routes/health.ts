/** Probes: is the process alive, and can it do its work. They answer without a key and tell nothing else. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Parts } from '../parts.ts';

const Health = Type.Object({ status: Type.Enum(['ok']) });

const Component = Type.Enum(['ok', 'unavailable']);
const Readiness = Type.Object({
  status: Component,
  components: Type.Object({ database: Component, queue: Component, storage: Component }),
});
type Readiness = Static<typeof Readiness>;

/** A probe must not hang where a database does. */
const PATIENCE_MS = 2000;

const healthSchema = { operationId: 'health', summary: 'The process answers', security: [], response: { 200: Health } };

const readinessSchema = {
  operationId: 'readiness',
  summary: 'Database, queue and storage can be used',
  security: [],
  response: { 200: Readiness, 503: Readiness },
};

export function healthRoutes(app: FastifyInstance, parts: Parts): void {
  const open = { config: { open: true }, logLevel: 'warn' } as const;
  app.get('/healthz', { ...open, schema: healthSchema }, async () => ({ status: 'ok' }));
  app.get('/readyz', { ...open, schema: readinessSchema }, async (_request, reply) => {
    const components = await componentsOf(parts);
    const ready = Object.values(components).every((state) => state === 'ok');
    if (!ready) reply.code(503).header('retry-after', 5);
    return { status: ready ? 'ok' : 'unavailable', components };
  });
}

async function componentsOf({ records, queues, captures }: Parts): Promise<Readiness['components']> {
  const [database, queue, storage] = await Promise.all([
    stateOf(records.ping()),
    stateOf(queues.ping()),
    stateOf(captures.roomBytes().then((bytes) => (bytes > 0 ? undefined : Promise.reject(new Error('full'))))),
  ]);
  return { database, queue, storage };
}

async function stateOf(check: Promise<unknown>): Promise<'ok' | 'unavailable'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'unavailable'>((resolve) => {
    timer = setTimeout(() => resolve('unavailable'), PATIENCE_MS);
  });
  const state = check.then(
    () => 'ok' as const,
    () => 'unavailable' as const,
  );
  return Promise.race([state, late]).finally(() => clearTimeout(timer));
}
