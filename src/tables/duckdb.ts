/**
 * DuckDB, locked: an in-memory instance that may touch the given folders and nothing else, loads no extension and
 * keeps its configuration. Its native library is loaded on the first use, never when this file is imported.
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DuckDbLimits {
  readonly memoryBytes: number;
  readonly threads: number;
}

export interface DuckDbFolders {
  /** The only folders that can be read or written. */
  readonly folders: readonly string[];
  /** Where sorts that outgrow the memory are spilled; among the allowed folders by itself. */
  readonly spill: string;
}

export type DuckDb = typeof import('@duckdb/node-api');

export async function openDuckDb(places: DuckDbFolders, limits: DuckDbLimits): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${Math.floor(limits.memoryBytes / 1e6)}MB`,
    temp_directory: places.spill,
    // Files are replaced only by equal ones, but may be deleted; a page must not come from a cache of the dead.
    enable_external_file_cache: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  await lock(instance, [...places.folders, places.spill]);
  return instance;
}

/** The order matters: after `enable_external_access` is off, no folder can be added; after the lock, nothing. */
async function lock(instance: DuckDBInstance, folders: readonly string[]): Promise<void> {
  const connection = await instance.connect();
  try {
    await connection.run(`SET allowed_directories = [${folders.map(literal).join(', ')}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

/** A connection of its own for one piece of work, closed whatever happens: it also ends a stream left half read. */
export async function withConnection<T>(
  instance: DuckDBInstance,
  work: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** SQL text of a string of ours, such as a path. What users send is bound as a parameter instead. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
