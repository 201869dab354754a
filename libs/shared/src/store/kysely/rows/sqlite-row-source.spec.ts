import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InvalidInputError, UnavailableError } from '#shared/domain/errors.js';
import type { Row, RowParameters, RowSource } from '#shared/store/row-source.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { NamedRowSources } from './named-row-sources.js';

describe('SqliteRowSource', () => {
  let folder: string;
  let source: RowSource;
  let writer: DatabaseSync;

  beforeEach(async () => {
    folder = await makeTempFolder('row-source');
    const path = join(folder, 'erp.db');
    writer = new DatabaseSync(path);
    writer.exec(`
      create table invoices (id integer, customer text, amount real, scan blob, paid integer);
      insert into invoices values (1, 'Ann', 12.5, x'00ff', 0), (9007199254740993, 'Bob', null, null, 1), (3, 'Ann', 3, null, 1);
    `);
    source = await new NamedRowSources({ erp: `sqlite:${path}` }).open('erp');
  });

  afterEach(async () => {
    await source.close();
    writer.close();
    await removeFolder(folder);
  });

  async function rows(query: string, parameters: RowParameters = {}): Promise<Row[]> {
    const found: Row[] = [];
    for await (const row of source.rows(query, parameters)) found.push(row);
    return found;
  }

  it('gives rows as JSON: whole numbers exactly, binary as base64', async () => {
    expect(await rows('select * from invoices order by rowid')).toEqual([
      { id: 1, customer: 'Ann', amount: 12.5, scan: 'AP8=', paid: 0 },
      { id: '9007199254740993', customer: 'Bob', amount: null, scan: null, paid: 1 },
      { id: 3, customer: 'Ann', amount: 3, scan: null, paid: 1 },
    ]);
  });

  it('takes parameters by name, and more than the query uses', async () => {
    const query =
      '-- the unpaid\n/* of one */ select id from invoices where customer = @who and paid = @paid';
    expect(await rows(query, { who: 'Ann', paid: false, businessDate: '2026-11-30' })).toEqual([{ id: 1 }]);
    expect(await rows('select @n as n, typeof(@n) as t', { n: 5 })).toEqual([{ n: 5, t: 'integer' }]);
  });

  it('gives the first rows of a query without an end before the others are there', async () => {
    const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
    const seen: unknown[] = [];
    for await (const row of source.rows(endless, {})) {
      seen.push(row['i']);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it.each([
    ['insert into invoices (id) values (4)', /^query: must begin with SELECT/],
    ['with gone as (select 1) delete from invoices', /query:/],
    ['select x from nowhere', /^query: SQLite says: no such table: nowhere/],
    ['select id, id from invoices', /^query: two columns are called "id"/],
    ['select 1 as ""', /^query: column 1 has no name/],
  ])('refuses %s', async (query, message) => {
    await expect(rows(query)).rejects.toThrow(InvalidInputError);
    await expect(rows(query)).rejects.toThrow(message);
    expect(writer.prepare('select count(*) as n from invoices').get()).toEqual({ n: 3 });
  });

  it('says which connections there are, and that a file is away', async () => {
    const sources = new NamedRowSources({ erp: 'sqlite:x', crm: `sqlite:${join(folder, 'none.db')}` });
    await expect(sources.open('toString')).rejects.toThrow(/has no "toString"; it has crm, erp/);
    const missing = await sources.open('crm');
    await expect(missing.rows('select 1 as one', {})[Symbol.asyncIterator]().next()).rejects.toThrow(
      UnavailableError,
    );
  });
});
