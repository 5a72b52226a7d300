import type { DuckDbLimits } from './duckdb.ts';
import { ledgerSources, type TableInput } from './sources.ts';
import { writeSources } from './write.ts';

/**
 * Writes `sessions.parquet`, `ports.parquet`, `reuses.parquet` and `windows.parquet` into the folder, which is made
 * when needed; a run that fails leaves none of them. DuckDB is loaded here and not before.
 */
export async function writeTables(folder: string, input: TableInput, limits?: DuckDbLimits): Promise<void> {
  await writeSources(folder, ledgerSources(input), input.ledger.timeline, limits);
}
