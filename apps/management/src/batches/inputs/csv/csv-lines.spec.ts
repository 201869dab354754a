import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { csvToJsonLines } from './csv-lines.js';
import type { CsvOptions } from './csv-options.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function itemsOf(file: string | Buffer, options: CsvOptions = {}, pieceBytes = 7): Promise<unknown[]> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  let text = '';
  for await (const piece of csvToJsonLines(inPieces(bytes, pieceBytes), options)) text += piece.toString();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

const utf16le = (text: string, mark = true): Buffer => Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le');
const utf16be = (text: string): Buffer => utf16le(text).swap16();

describe('csvToJsonLines', () => {
  it('makes an object of each record by the names of its header', async () => {
    expect(await itemsOf('id,name\r\n1,Ann\r\n2,"Bob, jr."\r\n')).toEqual([
      { id: '1', name: 'Ann' },
      { id: '2', name: 'Bob, jr.' },
    ]);
  });

  it('makes arrays without a header, and objects of columns that are named', async () => {
    expect(await itemsOf('1,Ann\n2,Bob', { header: false })).toEqual([
      ['1', 'Ann'],
      ['2', 'Bob'],
    ]);
    expect(await itemsOf('1,Ann\n', { header: false, columns: ['id', 'who'] })).toEqual([
      { id: '1', who: 'Ann' },
    ]);
    expect(await itemsOf('a,b\n1,Ann\n', { columns: ['id', 'who'] })).toEqual([{ id: '1', who: 'Ann' }]);
  });

  it('reads quotes, doubled quotes and line ends inside them', async () => {
    expect(await itemsOf('a,b\n"x ""q"" y","two\r\nlines"\n')).toEqual([{ a: 'x "q" y', b: 'two\r\nlines' }]);
    expect(await itemsOf("a;b\n'1;2';'it''s'\n", { delimiter: ';', quote: "'" })).toEqual([
      { a: '1;2', b: "it's" },
    ]);
    expect(await itemsOf('a\tb\n1\t2\n', { delimiter: '\t' })).toEqual([{ a: '1', b: '2' }]);
    expect(await itemsOf('a||b\n1||2\n', { delimiter: '||' })).toEqual([{ a: '1', b: '2' }]);
  });

  it.each(['\n', '\r\n', '\r'])('knows the line end %j, and passes over empty lines', async (end) => {
    expect(await itemsOf(['a,b', '', '1,2', '', '3,4', ''].join(end))).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  it('keeps names that mean something to JavaScript, and their order', async () => {
    const [text] = await Promise.all([
      (async () => {
        let all = '';
        for await (const piece of csvToJsonLines(inPieces(Buffer.from('2,__proto__,1\nx,y,z\n'), 3), {}))
          all += piece.toString();
        return all;
      })(),
    ]);
    expect(text).toBe('{"2":"x","__proto__":"y","1":"z"}\n');
  });

  const GERMAN = 'Größe,Preis\nfünf,3 €\n';
  const GERMAN_ITEMS = [{ Größe: 'fünf', Preis: '3 €' }];
  const windows1252 = Buffer.from(GERMAN.replace('€', '\u0080'), 'latin1');
  it.each<[string, Buffer, CsvOptions['encoding']]>([
    ['UTF-8', Buffer.from(GERMAN), undefined],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${GERMAN}`), undefined],
    ['UTF-8 that is named', Buffer.from(GERMAN), 'utf-8'],
    ['UTF-16 by its mark', utf16le(GERMAN), undefined],
    ['UTF-16, the other way round', utf16be(GERMAN), undefined],
    ['UTF-16 that is named', utf16be(GERMAN), 'utf-16'],
    ['UTF-16 without a mark', utf16le(GERMAN, false), 'utf-16'],
    ['windows-1252', windows1252, 'windows-1252'],
    ['latin1 as the web means it', windows1252, 'latin1'],
  ])('reads %s, wherever the pieces end', async (_, file, encoding) => {
    for (const size of [1, 2, 3, 5, 1000]) {
      expect(await itemsOf(file, { encoding }, size)).toEqual(GERMAN_ITEMS);
    }
  });

  it.each<[string, string | Buffer, CsvOptions, RegExp]>([
    ['too many fields', 'a,b\n1,2\n3,4,5\n', {}, /^line 3: the record has 3 fields/],
    ['too few fields', 'a,b\n1,2\n"x\ny",2\n3\n', {}, /^line 5: the record has 1 fields/],
    ['a quote that is never closed', 'a,b\n1,"2\n3,4\n', {}, /^line 3: .*never closed/],
    ['text after a closing quote', 'a,b\n1,"2"x\n', {}, /^line 2: after a closing quote/],
    ['a quote inside a field', 'a,b\n1,2"x\n', {}, /^line 2: there is a quote inside/],
    ['a name twice', 'a,a\n1,2\n', {}, /^line 1: two columns are called "a"/],
    ['another delimiter', 'a;b\n1;2\n', {}, /^line 1: there is one column, "a;b"\. Say delimiter ";"/],
    ['a note to Excel', 'sep=;\na;b\n', { delimiter: ';' }, /^line 1: "sep=" is a note to Excel/],
    ['a column without a name', 'a,\n1,2\n', {}, /^line 1: column 2 has no name/],
    [
      'the wrong number of names',
      'a,b\n1,2\n',
      { columns: ['x'] },
      /^columns: there are 1 names, and .* 2 fields/,
    ],
    [
      'bytes of another encoding',
      Buffer.from('a,b\nx,y\nö,1\n', 'latin1'),
      {},
      /^line 3: .* no utf-8.*windows-1252/,
    ],
    ['half a character at the end', Buffer.from('a\nö').subarray(0, 3), {}, /^line 2: .* no utf-8/],
    ['half of UTF-16', utf16le('a\nb').subarray(0, 7), {}, /no utf-16le/],
    ['a delimiter that is the quote', 'a\n', { delimiter: '"' }, /^delimiter and quote/],
    ['no delimiter', 'a\n', { delimiter: '' }, /^delimiter: must be 1 to 4/],
    ['a quote of two characters', 'a\n', { quote: "''" }, /^quote: must be one character/],
  ])('says what is wrong with %s', async (_, file, options, message) => {
    for (const size of [1, 1000]) {
      const reading = itemsOf(file, options, size);
      await expect(reading).rejects.toThrow(InvalidInputError);
      await expect(itemsOf(file, options, size)).rejects.toThrow(message);
    }
  });

  it('takes no quote for the begin of the rest of the file', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('a\n"');
      for (;;) yield Buffer.alloc(2 ** 20, 'x');
    }
    const reading = (async () => {
      for await (const piece of csvToJsonLines(endless(), {})) piece.toString();
    })();
    await expect(reading).rejects.toThrow(/^line 2: the record is longer than/);
  });
});
