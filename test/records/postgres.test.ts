import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPostgres } from '../../src/records/database.ts';
import { openRecords } from '../../src/records/open.ts';
import { skipPostgres, startPostgres, type TestServer } from '../servers.ts';

const ignore = () => undefined;
const isUnavailable = (error: unknown) => (error as { code: string }).code === 'unavailable';

describe('records on a PostgreSQL server', { skip: skipPostgres }, () => {
  let server: TestServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  it('is migrated once, however many processes start on it together', async () => {
    const databases = [...Array(6)].map(() => openPostgres(server.url, ignore));
    const records = await Promise.all(databases.map(openRecords));
    assert.equal(new Set(records.map(({ installation }) => installation)).size, 1);
    const { rows } = await databases[0]!.query('SELECT count(*) = max(version) AS once FROM portledger.migration');
    assert.deepEqual(rows, [{ once: true }]);
    await Promise.all(records.map((each) => each.close()));
  });

  it('refuses a database that a newer program has migrated', async () => {
    const database = openPostgres(server.url, ignore);
    await database.query('INSERT INTO portledger.migration (version) VALUES (999)');
    await assert.rejects(openRecords(database), /version 999/);
    await database.query('DELETE FROM portledger.migration WHERE version = 999');
    await database.close();
  });

  it('says unavailable when the connection is cut, and goes on with a new one', async () => {
    const database = openPostgres(server.url, ignore);
    await assert.rejects(database.query('SELECT pg_terminate_backend(pg_backend_pid())'), isUnavailable);
    const cut = database.transaction((transaction) =>
      transaction.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    await assert.rejects(cut, isUnavailable);
    assert.equal((await database.query('SELECT 1 AS one')).count, 1);
    await database.close();
  });
});

describe('records without a server', () => {
  it('says unavailable', async () => {
    const database = openPostgres('postgres://nobody@127.0.0.1:1/none', ignore);
    await assert.rejects(database.query('SELECT 1'), isUnavailable);
    await assert.rejects(openRecords(database), isUnavailable);
    await database.close();
  });
});
