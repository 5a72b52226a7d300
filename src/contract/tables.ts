/** The four tables beside a report: their columns, once, for writer, server, OpenAPI and documentation. */
import { type TSchema, Type } from 'typebox';

/** Media types of a table's formats; the first is the default. */
export const TABLE_FORMATS = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
} as const;
export type TableFormat = keyof typeof TABLE_FORMATS;

export const TABLE_NAMES = ['sessions', 'ports', 'reuses', 'windows'] as const;
export type TableName = (typeof TABLE_NAMES)[number];

/** `address` is the text of an IPv4 or IPv6 address; `time` is RFC 3339 in JSON and CSV, nanoseconds in Parquet. */
export type ColumnType = 'address' | 'text' | 'enum' | 'integer' | 'number' | 'boolean' | 'time';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly meaning: string;
  /** Of an enum: every value it can have, null not among them. */
  readonly values?: readonly string[];
}

const SESSION_STATES = [
  'syn-sent',
  'refused',
  'half-open',
  'open',
  'half-closed-by-remote',
  'half-closed-by-client',
  'closed',
  'reset',
] as const;
const CLOSERS = ['client', 'remote', 'rst-client', 'rst-remote'] as const;

const TARGET: readonly Column[] = [
  column('client', 'address', 'host that sent the SYN'),
  column('remoteAddress', 'address', 'host that the SYN was sent to'),
  column('remotePort', 'integer', 'port that the SYN was sent to'),
];

const FOUR_TUPLE: readonly Column[] = [
  column('client', 'address', 'host that sent the SYN; one of the two ends where `clientKnown` is false'),
  column('localPort', 'integer', 'port of the client'),
  column('remoteAddress', 'address', 'host that the SYN was sent to'),
  column('remotePort', 'integer', 'port that the SYN was sent to'),
];

export const TABLES: Readonly<Record<TableName, readonly Column[]>> = {
  sessions: [
    ...FOUR_TUPLE,
    nullable('start', 'time', 'first packet: the SYN of an attempt'),
    nullable('end', 'time', 'last packet'),
    choice('state', SESSION_STATES, 'state at the end of the capture'),
    nullableChoice(
      'outcome',
      ['established', 'refused', 'half-open', 'unanswered'],
      'how the attempt went; null where the SYN is not in the capture',
    ),
    nullableChoice('closedBy', CLOSERS, 'side of the first FIN when both sent one, or sender of the RST'),
    column('isn', 'integer', "the SYN's sequence number; of the client's first segment where there is no SYN"),
    column('synPackets', 'integer', 'SYNs of the attempt, retransmissions and copies included'),
    column('packets', 'integer', 'packets of both directions, copies of the same packet included'),
    column('bytes', 'integer', 'octets of these packets on the wire'),
    column('firstFrame', 'integer', 'frame number of the first packet in `capture`'),
    column('lastFrame', 'integer', 'frame number of the last packet in `lastCapture`'),
    column('capture', 'integer', "index of the first packet's capture in the report"),
    column('lastCapture', 'integer', "index of the last packet's capture in the report"),
    nullable('pid', 'integer', 'process that opened the connection, where the capture or the evidence tells'),
    nullable('gapSeconds', 'number', 'reuse: seconds from the close of the earlier session to this SYN; else null'),
    column('midstream', 'boolean', 'the SYN is not in the capture'),
    column('clientKnown', 'boolean', 'it could be told which end is the client'),
  ],
  ports: [
    ...TARGET,
    column('localPort', 'integer', 'port of the client'),
    column('synPackets', 'integer', 'SYNs sent from this port to the remote, copies included'),
    column('attempts', 'integer', 'attempts from this port to the remote'),
    column('sessions', 'integer', 'sessions on this port with the remote, midstream ones included'),
    nullable('firstUsed', 'time', 'first packet of its first session'),
    nullable('lastUsed', 'time', 'first packet of its last session'),
    nullable('minGapSeconds', 'number', 'smallest gap of its reuses'),
    column('lost', 'boolean', 'named by the finding `lost-ports`: properly closed and certainly not drawn since'),
  ],
  reuses: [
    ...FOUR_TUPLE,
    nullable('time', 'time', 'the SYN that uses the four-tuple again'),
    nullable('gapSeconds', 'number', 'seconds since the close of the earlier session; null where it was not closed'),
    choice('previousState', SESSION_STATES, 'state of the earlier session when the SYN came'),
    nullableChoice('closedBy', CLOSERS, 'who closed the earlier session'),
    choice('answer', ['accepted', 'challenged', 'refused', 'silent'], 'first answer to the SYN'),
    column('frame', 'integer', 'frame number of the SYN in `capture`'),
    column('previousFrame', 'integer', 'frame number of the first packet of the earlier session in `previousCapture`'),
    column('capture', 'integer', "index of the SYN's capture in the report"),
    column('previousCapture', 'integer', "index of the earlier session's capture in the report"),
  ],
  windows: [
    ...TARGET,
    column('start', 'time', 'start of the window, a multiple of `seconds` since the epoch'),
    column('seconds', 'integer', 'length of the window'),
    column('attempts', 'integer', 'attempts begun in the window'),
    column('distinctLocalPorts', 'integer', 'local ports of these attempts'),
    column('cumulativeLocalPorts', 'integer', 'local ports of all attempts up to the end of the window'),
    column('openSessions', 'integer', 'sessions open or half-closed at the end of the window, or of the capture'),
    column('timeWait', 'integer', 'local ports in TIME_WAIT at the client then, by the given TIME_WAIT'),
    column('failed', 'integer', 'attempts of the window that never became established'),
  ],
};

/** Whether its values are strings in every format. */
export function isText({ type }: Column): boolean {
  return type === 'address' || type === 'text' || type === 'enum';
}

/** One row as JSON has it. */
export type TableRow = Readonly<Record<string, string | number | boolean | null>>;

/** Schema of a page of the table, with a line for every column. */
export function tablePageSchema(table: TableName): TSchema {
  return Type.Object({
    rows: Type.Array(tableRowSchema(table)),
    nextCursor: Type.Union([Type.String(), Type.Null()]),
  });
}

export function tableRowSchema(table: TableName): TSchema {
  return Type.Object(Object.fromEntries(TABLES[table].map((column) => [column.name, columnSchema(column)])));
}

function columnSchema(column: Column): TSchema {
  const description = { description: column.meaning };
  if (!column.nullable) return valueSchema(column, description);
  return Type.Union([valueSchema(column, {}), Type.Null()], description);
}

function valueSchema(column: Column, options: { description?: string }): TSchema {
  switch (column.type) {
    case 'integer':
      return Type.Integer(options);
    case 'number':
      return Type.Number(options);
    case 'boolean':
      return Type.Boolean(options);
    case 'enum':
      return Type.Enum([...(column.values ?? [])], options);
    case 'time':
      return Type.String({ ...options, format: 'date-time' });
    case 'address':
    case 'text':
      return Type.String(options);
  }
}

function column(name: string, type: ColumnType, meaning: string): Column {
  return { name, type, nullable: false, meaning };
}

function nullable(name: string, type: ColumnType, meaning: string): Column {
  return { name, type, nullable: true, meaning };
}

function choice(name: string, values: readonly string[], meaning: string): Column {
  return { name, type: 'enum', nullable: false, meaning, values };
}

function nullableChoice(name: string, values: readonly string[], meaning: string): Column {
  return { name, type: 'enum', nullable: true, meaning, values };
}
