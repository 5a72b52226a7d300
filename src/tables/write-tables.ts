import type { Ledger } from '../analysis/ledger/ledger.ts';
import type { DuckDbLimits } from './duckdb.ts';
import { ledgerSources } from './sources.ts';
import { writeSources } from './write.ts';

/**
 * Writes `sessions.parquet`, `ports.parquet`, `reuses.parquet` and `windows.parquet` into the folder, which is made
 * when needed; a run that fails leaves none of them. DuckDB is loaded here and not before.
 */
export async function writeTables(folder: string, ledger: Ledger, limits?: DuckDbLimits): Promise<void> {
  await writeSources(folder, ledgerSources(ledger), ledger.timeline, limits);
}
