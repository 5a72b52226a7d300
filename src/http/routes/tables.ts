/** Tables beside a report: pages and whole tables, in four formats. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import {
  type Column,
  TABLE_FORMATS,
  TABLE_NAMES,
  TABLES,
  type TableName,
  tablePageSchema,
  tableRowSchema,
} from '../../contract/tables.ts';
import { MAX_LIMIT, OPERATORS, parseTableQuery, type TableQuery } from '../../tables/query.ts';
import { formatOf } from '../negotiation.ts';
import { nextLink, queryFields } from '../paging.ts';
import type { Parts } from '../parts.ts';
import { Bytes, content, JobId, problems, Text } from '../schemas.ts';
import { completedJob, RESULT_PROBLEMS, resultPath } from './results.ts';

export function tableRoutes(app: FastifyInstance, parts: Parts): void {
  for (const table of TABLE_NAMES) tableRoute(app, parts, table);
}

function tableRoute(app: FastifyInstance, parts: Parts, table: TableName): void {
  const path = `/v1/jobs/:id/tables/${table}`;
  const check = { validatorCompiler: columnsCheckFilters };
  const options = { ...check, schema: tableSchema(table), exposeHeadRoute: false };
  app.get<{ Params: JobId }>(path, options, (request, reply) => sendTable(request, reply, parts, table));
  app.head<{ Params: JobId }>(path, { ...check, schema: { hide: true } }, async (request, reply) => {
    const { format } = await checkedQuery(request, parts, table);
    return reply.type(TABLE_FORMATS[format]).send();
  });
}

function tableSchema(table: TableName) {
  return {
    operationId: `get${table[0]!.toUpperCase()}${table.slice(1)}`,
    summary: `Rows of the table ${table}`,
    description: 'The same filter twice means either. NDJSON, CSV and Parquet without `limit` are the whole table.',
    params: JobId,
    querystring: querySchema(table),
    response: { 200: tableContent(table), ...problems(...RESULT_PROBLEMS, ...TABLE_PROBLEMS) },
  };
}

/** `parseTableQuery` reads the same list of columns as `querySchema`. */
const columnsCheckFilters = () => (value: unknown) => ({ value });

const TABLE_PROBLEMS = [
  'column-unknown',
  'filter-invalid',
  'sort-invalid',
  'limit-invalid',
  'cursor-invalid',
  'query-invalid',
  'not-acceptable',
] as const;

async function sendTable(
  request: FastifyRequest<{ Params: JobId }>,
  reply: FastifyReply,
  parts: Parts,
  table: TableName,
): Promise<FastifyReply> {
  const { id } = request.params;
  const query = await checkedQuery(request, parts, table);
  const file = `${table}.parquet`;
  const answer = await parts.tables.read(await resultPath(parts, id, file), query).catch(async (error: unknown) => {
    await resultPath(parts, id, file); // deleted meanwhile: then that is the answer
    throw error;
  });
  nextLink(request, reply, answer.nextCursor);
  if (answer.bytes !== null) reply.header('content-length', answer.bytes);
  if (query.format === 'csv' || query.format === 'parquet') {
    reply.header('content-disposition', `attachment; filename="${table}.${query.format}"`);
  }
  return reply.header('vary', 'accept').type(answer.mediaType).send(answer.body);
}

async function checkedQuery(
  request: FastifyRequest<{ Params: JobId }>,
  parts: Parts,
  table: TableName,
): Promise<TableQuery> {
  const { id } = request.params;
  const query = parseTableQuery(table, queryFields(request), formatOf(TABLE_FORMATS, request), id);
  await completedJob(parts, id);
  return query;
}

function tableContent(table: TableName) {
  return content('The rows', {
    [TABLE_FORMATS.json]: tablePageSchema(table),
    [TABLE_FORMATS.ndjson]: Type.Unsafe<unknown>({ ...tableRowSchema(table), description: 'a row a line' }),
    [TABLE_FORMATS.csv]: Text,
    [TABLE_FORMATS.parquet]: Bytes,
  });
}

function querySchema(table: TableName): TSchema {
  const columns = TABLES[table];
  const filters = columns.flatMap((column) => filterFields(column));
  return Type.Object(
    {
      ...Object.fromEntries(filters.map(([name, schema]) => [name, Type.Optional(schema)])),
      sort: Type.Optional(
        Type.Enum(
          columns.flatMap(({ name }) => [name, `-${name}`]),
          { description: 'a column; with - the largest first' },
        ),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIMIT })),
      cursor: Type.Optional(Type.String({ description: 'nextCursor of the page before' })),
      format: Type.Optional(Type.Enum(Object.keys(TABLE_FORMATS), { description: 'instead of Accept' })),
    },
    { additionalProperties: false },
  );
}

/** `column`, `column.gte` and so on: bounds where values have an order. */
function filterFields({ name, type, meaning }: Column): [string, TSchema][] {
  const value = type === 'integer' || type === 'number' ? Type.Number() : Type.String();
  const ordered = type === 'integer' || type === 'number' || type === 'time';
  const suffixes = Object.keys(OPERATORS).filter((operator) => operator === 'ne' || (ordered && operator !== 'eq'));
  return [
    [name, Type.Unsafe<unknown>({ ...value, description: meaning })],
    ...suffixes.map((suffix): [string, TSchema] => [`${name}.${suffix}`, value]),
  ];
}
