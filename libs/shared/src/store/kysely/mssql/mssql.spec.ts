import { describe, expect, it } from '@jest/globals';
import mssql from 'mssql';
import { UnavailableError } from '#shared/domain/errors.js';
import { FlatRows } from '../bulk-write.js';
import { OUTCOMES, PROMISES } from '../invocation-targets.js';
import { ITEMS } from '../batch-rows.js';
import { MssqlConnection } from './mssql-connection.js';
import { stagingTable, stagingTexts } from './mssql-bulk.js';
import { classifyMssqlError } from './mssql-faults.js';
import { createPool } from './mssql-pool.js';
import { parameterType } from './mssql-types.js';
import { withinTime } from './within-time.js';

describe('classifyMssqlError', () => {
  it.each([
    [{ number: 1205 }, 'retry'],
    [{ number: 3960 }, 'retry'],
    [{ number: 2627, code: 'EREQUEST' }, 'duplicate'],
    [{ number: 2601 }, 'duplicate'],
    [{ number: 4060, code: 'ELOGIN' }, 'unavailable'],
    [{ code: 'ESOCKET' }, 'unavailable'],
    [{ code: 'ETIMEOUT', number: undefined }, 'unavailable'],
    [new UnavailableError('no answer'), 'unavailable'],
    [{ number: 102, code: 'EREQUEST' }, 'other'],
    [new Error('deadlocked, says a message'), 'other'],
    ['text', 'other'],
    [null, 'other'],
  ])('calls %p %s', (error, fault) => {
    expect(classifyMssqlError(error)).toBe(fault);
  });
});

describe('parameterType', () => {
  it.each([
    ['text', mssql.NVarChar],
    [null, mssql.NVarChar],
    [new Date(), mssql.DateTime2],
    [true, mssql.Bit],
    [1, mssql.Int],
    [-(2 ** 31), mssql.Int],
    [2 ** 31, mssql.BigInt],
    [5_000_000_000, mssql.BigInt],
    [5n, mssql.BigInt],
    [1.5, mssql.Float],
  ])('sends %p as its own type', (value, type) => {
    expect(parameterType(value).type).toBe(type);
  });

  it('keeps milliseconds, and two lengths of text only', () => {
    expect(parameterType(new Date())).toMatchObject({ scale: 3 });
    expect(parameterType('x')).toMatchObject({ length: 4000 });
    expect(parameterType('x'.repeat(4001))).toMatchObject({ length: mssql.MAX });
  });
});

describe('a staged bulk load', () => {
  it('inserts what is not there yet', () => {
    const { create, bringOver, stageName } = stagingTexts(ITEMS);
    expect(stageName).toBe('#nightjar_batch_items');
    expect(create).toMatch(/^create table \[#nightjar_batch_items\] \(\[run_id\] nvarchar\(36\)/);
    expect(create).toContain('[output] nvarchar(max) null');
    expect(bringOver).toContain('where not exists (select 1 from [batch_items] as [stored]');
    expect(bringOver).not.toContain('update');
    expect(stagingTexts(ITEMS)).toBe(stagingTexts(ITEMS));
  });

  it('updates first what it may overwrite', () => {
    const { bringOver } = stagingTexts(OUTCOMES);
    expect(bringOver.indexOf('update [stored]')).toBeLessThan(bringOver.indexOf('insert into [invocations]'));
    expect(bringOver).toContain(
      'inner join [#nightjar_invocations] as [fresh] on [stored].[id] = [fresh].[id]',
    );
    expect(bringOver).toContain(`[stored].state = 'queued'`);
  });

  it('sends values in the types of the columns, and the first of two rows with one key', () => {
    const row = (line: number, attempts: number) => [
      'run',
      line,
      'succeeded',
      attempts,
      1000,
      0.5,
      null,
      null,
      null,
    ];
    const table = stagingTable(ITEMS, new FlatRows([...row(1, 1), ...row(1, 2), ...row(2, 1)], 9));
    expect(table.rows).toHaveLength(2);
    expect([...table.rows][0]).toEqual(['run', 1, 'succeeded', 1, new Date(1000), 0.5, null, null, null]);
    expect(table.columns.map((column) => column.nullable)).toEqual(
      ITEMS.columns.map((column) => !!column.nullable),
    );
    expect(stagingTable(PROMISES, new FlatRows([], 25)).columns).toHaveLength(25);
  });
});

describe('MssqlConnection', () => {
  it('counts the rows of OUTPUT where the server counts none', async () => {
    const answers = [
      { recordset: [{ id: 'a' }, { id: 'b' }], rowsAffected: [0] },
      { recordset: undefined, rowsAffected: [3] },
    ];
    const request = { input: () => request, query: () => Promise.resolve(answers.shift()) };
    const connection = new MssqlConnection({ request: () => request } as unknown as mssql.ConnectionPool);
    const query = { sql: 'update', parameters: ['x'], query: { kind: 'RawNode' } } as never;
    expect((await connection.executeQuery(query)).numAffectedRows).toBe(2n);
    expect((await connection.executeQuery(query)).numAffectedRows).toBe(3n);
  });

  it('does not throw from a rollback that fails', async () => {
    const transaction = {
      begin: () => Promise.resolve(),
      rollback: () => Promise.reject(new Error('Transaction has been aborted.')),
    };
    const pool = { transaction: () => transaction } as unknown as mssql.ConnectionPool;
    const connection = new MssqlConnection(pool);
    await connection.begin();
    await expect(connection.rollback()).resolves.toBeUndefined();
  });
});

describe('withinTime', () => {
  it('gives what came in time', async () => {
    await expect(withinTime(Promise.resolve(5), 1000, 'thing')).resolves.toBe(5);
    await expect(withinTime(Promise.reject(new Error('no')), 1000, 'thing')).rejects.toThrow('no');
  });

  it('gives up on what did not', async () => {
    let gaveUp = false;
    const never = new Promise<never>(() => undefined);
    const waiting = withinTime(never, 10, 'bulk load', () => (gaveUp = true));
    await expect(waiting).rejects.toThrow(UnavailableError);
    expect(gaveUp).toBe(true);
  });
});

describe('createPool', () => {
  it('connects nowhere yet', async () => {
    const pool = createPool({
      kind: 'mssql',
      host: 'db.invalid',
      port: 1433,
      user: 'sa',
      password: 'x',
      database: 'nightjar',
      encrypt: true,
      trustServerCertificate: false,
    });
    expect(pool.connected).toBe(false);
    await pool.close();
  });
});
