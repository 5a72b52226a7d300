/** Lines of JSON, in the shape of the API's own log: level, time, msg, and what belongs to it. */

export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

const LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

export function createLog(level: string, stream: { write(line: string): void }): Log {
  const least = LEVELS[level]!;
  const at =
    (number: number) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (number < least) return;
      const { error, ...rest } = fields;
      const told = error === undefined ? rest : { ...rest, err: describe(error) };
      stream.write(`${JSON.stringify({ level: number, time: Date.now(), pid: process.pid, ...told, msg: message })}\n`);
    };
  return { info: at(30), warn: at(40), error: at(50) };
}

/** An error with its causes: the sentence for the client is outside, what really happened is in the cause. */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return { message, code, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) };
}
