import { describe, expect, it } from '@jest/globals';
import sql from 'mssql';
import { InvalidInputError, UnavailableError } from '#shared/domain/errors.js';
import type { Row } from '#shared/store/row-source.js';
import { MssqlRowSource } from './mssql-row-source.js';

interface Script {
  readonly columns: readonly { readonly name: string; readonly type: unknown }[];
  readonly rows: Iterable<readonly unknown[]>;
  readonly error?: Error;
}

/** The driver's own request, whose answer is a script: what is tried is how it is read. */
class ScriptedRequest extends sql.Request {
  readonly given: Record<string, unknown> = {};
  cancelled = false;

  constructor(private readonly script: Script) {
    super();
  }

  override input(name: string, type: unknown, value?: unknown): sql.Request {
    this.given[name] = value;
    return this;
  }

  override cancel(): void {
    this.cancelled = true;
    this.emit('error', Object.assign(new Error('Canceled.'), { code: 'ECANCEL' }));
  }

  override async query(): Promise<never> {
    await new Promise(setImmediate);
    await this.answer();
    return undefined as never;
  }

  private async answer(): Promise<void> {
    const { columns, rows, error } = this.script;
    this.emit('recordset', columns);
    for (const row of rows) {
      while ((this as unknown as { paused: boolean }).paused && !this.cancelled)
        await new Promise(setImmediate);
      if (this.cancelled) return;
      this.emit('row', row);
    }
    if (error) this.emit('error', error);
    else this.emit('done', {});
  }
}

function sourceOf(script: Script) {
  const log: string[] = [];
  const request = new ScriptedRequest(script);
  const pool = {
    on: () => pool,
    connect: () => Promise.resolve(pool),
    close: () => Promise.resolve(log.push('close')),
    transaction: () => ({
      begin: () => Promise.resolve(log.push('begin')),
      rollback: () => Promise.resolve(log.push('rollback')),
      request: () => request,
    }),
  };
  return { source: new MssqlRowSource(() => pool as unknown as sql.ConnectionPool), request, log };
}

async function all(rows: AsyncIterable<Row>): Promise<Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const ID = { name: 'id', type: sql.BigInt };

describe('MssqlRowSource', () => {
  it('gives rows as JSON by what the columns hold, and rolls back', async () => {
    const { source, request, log } = sourceOf({
      columns: [
        ID,
        { name: 'day', type: sql.Date },
        { name: 'at', type: sql.DateTime2 },
        { name: 'code', type: sql.NVarChar },
      ],
      rows: [
        ['7', new Date('2026-11-30T00:00:00Z'), new Date('2026-11-30T22:15:00.123Z'), '007'],
        ['9007199254740993', null, null, null],
      ],
    });
    expect(await all(source.rows('select * from bills', { least: 5, open: true }))).toEqual([
      { id: 7, day: '2026-11-30', at: '2026-11-30T22:15:00.123Z', code: '007' },
      { id: '9007199254740993', day: null, at: null, code: null },
    ]);
    expect(request.given).toEqual({ least: 5, open: true });
    await source.close();
    expect(log).toEqual(['begin', 'rollback', 'close']);
  });

  it('reads no further than it is asked, and cancels when it is left', async () => {
    let made = 0;
    const rows = (function* () {
      for (;;) yield [String((made += 1))];
    })();
    const { source, request, log } = sourceOf({ columns: [ID], rows });
    for await (const row of source.rows('select id from endless', {})) {
      if (row['id'] === 3) break;
    }
    expect(request.cancelled).toBe(true);
    expect(made).toBeLessThan(5000);
    expect(log).toEqual(['begin', 'rollback']);
  });

  it.each<[string, Script, typeof InvalidInputError | typeof UnavailableError, RegExp]>([
    [
      'two columns of one name',
      { columns: [ID, ID], rows: [] },
      InvalidInputError,
      /two columns are called "id"/,
    ],
    ['no rows at all', { columns: [], rows: [] }, InvalidInputError, /gives no rows/],
    [
      'a mistake in the query',
      { columns: [ID], rows: [['1']], error: Object.assign(new Error('Invalid column'), { number: 207 }) },
      InvalidInputError,
      /^query: SQL Server says: Invalid column/,
    ],
    [
      'a connection that broke',
      {
        columns: [ID],
        rows: [['1']],
        error: Object.assign(new Error('socket hang up'), { code: 'ESOCKET' }),
      },
      UnavailableError,
      /SQL Server can't be used now: socket hang up/,
    ],
  ])('says that there is %s', async (_, script, kind, message) => {
    const reading = (): Promise<Row[]> => all(sourceOf(script).source.rows('select 1', {}));
    await expect(reading()).rejects.toThrow(kind);
    await expect(reading()).rejects.toThrow(message);
  });
});
