import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { sentContentType, uploadForm, type CsvQuery } from './upload-form.js';

async function itemsOf(contentType: string, query: CsvQuery, content: string | Buffer): Promise<unknown[]> {
  const convert = uploadForm(contentType, query);
  if (!convert) throw new Error('It is JSON Lines');
  const bytes = Readable.from([Buffer.from(content)]);
  const lines = await text(Readable.from(convert(bytes as AsyncIterable<Buffer>)));
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe('uploadForm', () => {
  it('takes anything but CSV for JSON Lines', () => {
    for (const type of [undefined, 'application/x-ndjson', 'text/plain', 'application/json', 'nonsense'])
      expect(uploadForm(type, {})).toBeUndefined();
    expect(() => uploadForm('application/json', { delimiter: ';' })).toThrow(/^delimiter: is for CSV/);
  });

  it('reads CSV as the query and the type say', async () => {
    expect(await itemsOf('text/csv', {}, 'a,b\n1,2\n')).toEqual([{ a: '1', b: '2' }]);
    expect(await itemsOf('text/csv; header=absent', {}, '1,2\n')).toEqual([['1', '2']]);
    expect(await itemsOf('text/csv', { header: false, columns: 'x, y' }, '1,2\n')).toEqual([
      { x: '1', y: '2' },
    ]);
    expect(await itemsOf('text/csv', { delimiter: '\\t' }, 'a\tb\n1\t2\n')).toEqual([{ a: '1', b: '2' }]);
    expect(await itemsOf('text/tab-separated-values', {}, 'a\tb\n1\t2\n')).toEqual([{ a: '1', b: '2' }]);
    const latin = Buffer.from('a\nü\n', 'latin1');
    expect(await itemsOf('text/csv; charset=ISO-8859-1', {}, latin)).toEqual([{ a: 'ü' }]);
    expect(await itemsOf('text/csv; charset=utf-8', { encoding: 'windows-1252' }, latin)).toEqual([
      { a: 'ü' },
    ]);
  });

  it('refuses what can not be before anything is read', () => {
    expect(() => uploadForm('text/csv; charset=ebcdic', {})).toThrow(/^charset: "ebcdic"/);
    expect(() => uploadForm('text/csv', { quote: 'ab' })).toThrow(/^quote:/);
    expect(() => uploadForm('text/csv', { columns: 'a,a' })).toThrow(/^columns: two columns are called "a"/);
  });
});

describe('sentContentType', () => {
  it('finds the header as it was sent, and not a value that is called like it', () => {
    const rawHeaders = ['Host', 'content-type', 'CONTENT-Type', 'text/csv'];
    expect(sentContentType({ rawHeaders })).toBe('text/csv');
    expect(sentContentType({ rawHeaders: [] })).toBeUndefined();
  });
});
