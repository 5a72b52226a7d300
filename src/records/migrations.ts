/** The tables, as a list that only grows: a migration that was released is never edited. */
import type { Database, Queryable } from './database.ts';

const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE portledger.installation (id text NOT NULL);
  INSERT INTO portledger.installation (id) VALUES (replace(gen_random_uuid()::text, '-', ''));

  CREATE TABLE portledger.capture (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind text NOT NULL CHECK (kind IN ('capture', 'evidence')),
    name text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );

  CREATE TABLE portledger.job (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    status text NOT NULL DEFAULT 'queued'
      CHECK (status IN ('queued', 'active', 'completed', 'failed', 'cancelled')),
    progress json NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    options json NOT NULL,
    labels jsonb NOT NULL,
    webhook json,
    base_url text NOT NULL,
    summary json,
    failure json,
    cancel_requested boolean NOT NULL DEFAULT false,
    tries integer NOT NULL DEFAULT 0,
    holder text,
    heartbeat_at timestamptz,
    offered_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX job_labels ON portledger.job USING gin (labels jsonb_path_ops);
  CREATE INDEX job_status ON portledger.job (status, seq);
  CREATE INDEX job_unfinished ON portledger.job (offered_at) WHERE status IN ('queued', 'active');

  CREATE TABLE portledger.job_capture (
    job_id text NOT NULL REFERENCES portledger.job ON DELETE CASCADE,
    kind text NOT NULL,
    position integer NOT NULL,
    capture_id text NOT NULL,
    name text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    owned boolean NOT NULL,
    PRIMARY KEY (job_id, kind, position)
  );
  CREATE INDEX job_capture_capture ON portledger.job_capture (capture_id);

  CREATE TABLE portledger.delivery (
    id text PRIMARY KEY,
    job_id text NOT NULL REFERENCES portledger.job ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    tries integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_try_at timestamptz,
    next_try_at timestamptz DEFAULT now(),
    last_answer text
  );
  CREATE INDEX delivery_job ON portledger.delivery (job_id);
  CREATE INDEX delivery_pending ON portledger.delivery (next_try_at) WHERE status = 'pending';

  CREATE TABLE portledger.idempotency (
    scope text NOT NULL,
    key text NOT NULL,
    holder text NOT NULL,
    lease_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    fingerprint text,
    resource_id text,
    PRIMARY KEY (scope, key)
  );
  CREATE INDEX idempotency_expiry ON portledger.idempotency (expires_at);
  `,
  // Secrets that nothing needs any more: a job has one delivery.
  `
  UPDATE portledger.job SET webhook = json_build_object('url', webhook ->> 'url')
   WHERE id IN (SELECT job_id FROM portledger.delivery WHERE status <> 'pending');
  `,
  // What may lie in a store without a record.
  `
  CREATE TABLE portledger.leftover (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('capture', 'results')),
    noted_at timestamptz NOT NULL DEFAULT now()
  );
  `,
];

/** Any number that nobody else locks: "port" in ASCII. */
const ADVISORY_LOCK = 0x706f7274;

/** Brings the tables up to date. Whoever comes first does it, under a lock; the others wait and find it done. */
export function migrate(database: Database): Promise<void> {
  return database.transaction(async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    const applied = await appliedVersion(transaction);
    if (applied > MIGRATIONS.length) {
      throw new Error(
        `the database is at version ${applied}, this program knows ${MIGRATIONS.length}: use a newer one`,
      );
    }
    for (let version = applied; version < MIGRATIONS.length; version++) {
      await transaction.query(MIGRATIONS[version]!);
      await transaction.query('INSERT INTO portledger.migration (version) VALUES ($1)', [version + 1]);
    }
  });
}

async function appliedVersion(transaction: Queryable): Promise<number> {
  await transaction.query(`
    CREATE SCHEMA IF NOT EXISTS portledger;
    CREATE TABLE IF NOT EXISTS portledger.migration (
      version integer PRIMARY KEY,
      applied_at timestamptz NOT NULL DEFAULT now()
    );
  `);
  const { rows } = await transaction.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM portledger.migration',
  );
  return rows[0]!.version;
}
