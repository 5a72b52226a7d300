import { newId } from '../contract/ids.ts';
import type { Database } from './database.ts';
import type { IdempotencyClaim, IdempotencyRecords } from './records.ts';

/** A claim whose holder has not renewed it for so long belongs to a process that is gone. */
const LEASE_SECONDS = 60;
const RENEW_SECONDS = 20;
const KEEP_HOURS = 24;

/** SQL: what was announced is there. */
const EXISTS = `(EXISTS (SELECT FROM portledger.job WHERE id = known.resource_id)
              OR EXISTS (SELECT FROM portledger.capture WHERE id = known.resource_id))`;

interface KeyRow {
  fingerprint: string;
  resource_id: string;
}

export function idempotencyRecords(database: Database): IdempotencyRecords {
  return {
    async claim(scope, key) {
      const holder = newId();
      await forget(database, scope, key);
      if (await take(database, scope, key, holder)) {
        return { outcome: 'claimed', claim: keepClaim(database, scope, key, holder) };
      }
      const { rows } = await database.query<KeyRow>(
        `SELECT fingerprint, resource_id FROM portledger.idempotency AS known
          WHERE scope = $1 AND key = $2 AND lease_until < now() AND ${EXISTS}`,
        [scope, key],
      );
      // No row: its holder is at work, or released it a moment ago. The caller may try again.
      if (rows[0] === undefined) return { outcome: 'in-flight' };
      return { outcome: 'done', fingerprint: rows[0].fingerprint, resourceId: rows[0].resource_id };
    },
  };
}

/**
 * Keys whose time is over, and this one when what it announced is not there: it was never made, or whoever deleted it
 * wants it gone, and not a day of "there is no such job". Apart from `take`, whose conflict sees a row that is younger
 * than the jobs that it sees.
 */
function forget(database: Database, scope: string, key: string) {
  return database.query(
    `DELETE FROM portledger.idempotency AS known
      WHERE expires_at < now()
         OR (scope = $1 AND key = $2 AND resource_id IS NOT NULL AND lease_until < now() AND NOT ${EXISTS})`,
    [scope, key],
  );
}

async function take(database: Database, scope: string, key: string, holder: string): Promise<boolean> {
  const { count } = await database.query(
    `INSERT INTO portledger.idempotency AS known (scope, key, holder, lease_until, expires_at)
     VALUES ($1, $2, $3, now() + make_interval(secs => $4), now() + make_interval(hours => $5))
     ON CONFLICT (scope, key) DO UPDATE
       SET holder = excluded.holder, lease_until = excluded.lease_until, expires_at = excluded.expires_at
       WHERE known.resource_id IS NULL AND known.lease_until < now()
     RETURNING holder`,
    [scope, key, holder, LEASE_SECONDS, KEEP_HOURS],
  );
  return count > 0;
}

function keepClaim(database: Database, scope: string, key: string, holder: string): IdempotencyClaim {
  const mine = 'WHERE scope = $1 AND key = $2 AND holder = $3';
  const renew = () =>
    database.query(`UPDATE portledger.idempotency SET lease_until = now() + make_interval(secs => $4) ${mine}`, [
      scope,
      key,
      holder,
      LEASE_SECONDS,
    ]);
  // A renewal that fails is made up for by the next one.
  const timer = setInterval(() => void renew().catch(() => undefined), RENEW_SECONDS * 1000).unref();
  return {
    async announce(fingerprint, resourceId) {
      const { count } = await database.query(
        `UPDATE portledger.idempotency SET fingerprint = $4, resource_id = $5 ${mine}`,
        [scope, key, holder, fingerprint, resourceId],
      );
      return count > 0;
    },
    async complete() {
      clearInterval(timer);
      await database.query(`UPDATE portledger.idempotency SET lease_until = '-infinity' ${mine}`, [scope, key, holder]);
    },
    async release() {
      clearInterval(timer);
      await database.query(`DELETE FROM portledger.idempotency AS known ${mine} AND NOT ${EXISTS}`, [
        scope,
        key,
        holder,
      ]);
    },
  };
}
