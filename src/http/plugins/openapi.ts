/** The OpenAPI 3.1 document, made from the schemas that check requests, and pages that show it. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';

export async function installOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'portledger',
        version,
        description:
          'Upload a packet capture; get which local TCP ports were used, used again too soon, never closed or lost.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'an API key, pl_...' } } },
      security: [{ key: [] }],
    },
    transform: ({ schema, url }) => ({ schema: schema === undefined ? { hide: true } : withLabels(schema), url }),
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: docsPolicy,
    logLevel: 'warn',
  });
}

/**
 * The pages set styles by script as they unfold. And they are read over plain HTTP, too: a browser that upgrades requests
 * would ask for their scripts by HTTPS wherever the service is not on its own machine.
 */
function docsPolicy(policy: string): string {
  return policy
    .replace(/style-src [^;]*/, "style-src 'self' 'unsafe-inline'")
    .replace(/ *upgrade-insecure-requests;?/, '');
}

/** Fields whose names are only a pattern cannot be told in OpenAPI: one example stands for them. */
function withLabels(schema: FastifySchema): FastifySchema {
  const query = schema.querystring as { properties?: object; patternProperties?: object } | undefined;
  if (query?.patternProperties === undefined) return schema;
  const label = { type: 'string', description: 'a label by its own name, as label.ticket=INC1; any number of them' };
  return { ...schema, querystring: { ...query, properties: { ...query.properties, 'label.NAME': label } } };
}

/** After all routes are there. */
export function openApiRoute(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
