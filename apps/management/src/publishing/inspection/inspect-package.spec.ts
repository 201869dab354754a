import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import yazl from 'yazl';
import { InvalidInputError } from '#shared/domain/errors.js';
import { inspectPackage } from './inspect-package.js';
import type { PackageLimits } from './package-entry.js';

const LIMITS: PackageLimits = {
  maxPackageFiles: 100,
  maxUnpackedBytes: 64 * 2 ** 20,
  maxCompressionRatio: 200,
};
const HOST_JSON = '{"version":"2.0"}';

type Files = Readonly<Record<string, string | Buffer>>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightjar-package-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function zipOf(files: Files, options: Partial<yazl.Options> = {}): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, options);
  zip.end();
  return buffer(zip.outputStream);
}

/** A zip whose writer would not write it: a name is replaced, in both places, by one of the same length. */
function renamed(zip: Buffer, from: string, to: string | Buffer): Buffer {
  const replacement = Buffer.from(to);
  expect(replacement).toHaveLength(from.length);
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) replacement.copy(copy, at);
  return copy;
}

/** Changes a number in the first entry of the central directory. */
function patched(zip: Buffer, offset: number, bytes: 2 | 4, value: number): Buffer {
  const copy = Buffer.from(zip);
  const entry = copy.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  if (bytes === 2) copy.writeUInt16LE(value, entry + offset);
  else copy.writeUInt32LE(value, entry + offset);
  return copy;
}

async function problemsOf(zip: Buffer, limits: Partial<PackageLimits> = {}): Promise<string> {
  const path = join(folder, 'package.zip');
  await writeFile(path, zip);
  try {
    await inspectPackage(path, zip.length, { ...LIMITS, ...limits });
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details].join('\n');
    throw error;
  }
  return '';
}

describe('inspectPackage', () => {
  it('takes a function app and reads its host.json', async () => {
    const path = join(folder, 'package.zip');
    const zip = await zipOf({
      'host.json': '{"version":"2.0","extensions":{"http":{"routePrefix":"v2"}}}',
      'src/functions/hello.js': 'code',
      'data/big.json': 'x'.repeat(1000),
    });
    await writeFile(path, zip);
    const host = await inspectPackage(path, zip.length, LIMITS);
    expect(host.http.routePrefix).toBe('v2');
  });

  it('takes a zip whose names begin with "./", as some tools write them', async () => {
    const zip = await zipOf({ 'AAhost.json': HOST_JSON });
    expect(await problemsOf(renamed(zip, 'AAhost.json', './host.json'))).toBe('');
  });

  it.each([
    ['text', Buffer.from('this is not a zip')],
    ['nothing', Buffer.alloc(0)],
    ['noise', randomBytes(5000)],
  ])('says of %s that it is no zip', async (_what, content) => {
    expect(await problemsOf(content)).toMatch(/not a zip file/);
  });

  it('says of a zip that was cut off that its end is missing', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON });
    expect(await problemsOf(zip.subarray(0, zip.length - 30))).toMatch(/its end is missing/);
  });

  it('says of a zip with a broken list that it is damaged', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON });
    const broken = Buffer.from(zip);
    broken.fill(0, broken.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02])), broken.length - 22);
    expect(await problemsOf(broken)).toMatch(/damaged/);
  });

  it.each([
    ['../evil.txt', /"\.\.\/evil\.txt" leads out of the package/],
    ['a/../../e.t', /leads out of the package/],
    ['/etc/passwd', /has an absolute path/],
    ['C:/evil.txt', /has an absolute path/],
    ['..\\evil.txt', /has a backslash/],
    ['a//evil.txt', /an empty or "\." step/],
    ['a/./evi.txt', /an empty or "\." step/],
    ['evil\u0000.js.t', /has control characters/],
    ['evil\n.js.tx', /has control characters/],
  ])('refuses the path %j', async (path, why) => {
    const placeholder = 'x'.repeat(Buffer.byteLength(path));
    const zip = await zipOf({ 'host.json': HOST_JSON, [placeholder]: 'evil' });
    const problems = await problemsOf(renamed(zip, placeholder, path));
    expect(problems).toMatch(why);
    expect(problems).not.toContain('\u0000');
  });

  it('refuses links, devices and pipes', async () => {
    for (const mode of [0o120777, 0o020666, 0o010666]) {
      const zip = await zipOf({ 'host.json': HOST_JSON }, { mode });
      expect(await problemsOf(zip)).toMatch(/"host\.json" is a link or another special file/);
    }
  });

  it('refuses encrypted files', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON });
    expect(await problemsOf(patched(zip, 8, 2, 1))).toMatch(/is encrypted/);
  });

  it('refuses other methods of packing', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON });
    expect(await problemsOf(patched(zip, 10, 2, 12))).toMatch(/by a method other than "deflate"/);
  });

  it('refuses one path twice, also when only the case differs', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON, 'lib/a.js': '1', 'LIB/A.js': '2' });
    expect(await problemsOf(zip)).toMatch(/"LIB\/A\.js" is there twice \(also as "lib\/a\.js"/);
  });

  it('refuses a file that is a folder as well', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON, a: '1', 'a/b.js': '2' });
    expect(await problemsOf(zip)).toMatch(/"a\/b\.js" lies in "a", which is a file/);
  });

  it('refuses a bomb: one file', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON, 'bomb.txt': Buffer.alloc(4 * 2 ** 20) });
    expect(zip.length).toBeLessThan(64 * 1024);
    expect(await problemsOf(zip)).toMatch(/"bomb\.txt" would unpack to more than 200 times its size/);
  });

  it('lets small files be as repetitive as they like', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON, 'zeros.txt': Buffer.alloc(500_000) });
    expect(await problemsOf(zip)).toBe('');
  });

  it('refuses a bomb: many small files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`${n}.txt`, Buffer.alloc(200_000)]),
    );
    expect(await problemsOf(await zipOf({ 'host.json': HOST_JSON, ...files }))).toMatch(
      /The package would unpack to more than 200 times its size/,
    );
  });

  it('refuses more than may be unpacked, by what the list claims', async () => {
    const zip = await zipOf({ 'host.json': HOST_JSON });
    expect(await problemsOf(patched(zip, 24, 4, 0xfffffff0))).toMatch(/maxUnpackedBytes/);
  });

  it('refuses files that share their bytes', async () => {
    const zip = await zipOf({ 'a.bin': randomBytes(1000), 'host.json': HOST_JSON });
    expect(await problemsOf(patched(zip, 20, 4, zip.length + 1))).toMatch(/overlap/);
  });

  it('refuses too many files before it lists them', async () => {
    const files = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`${n}.txt`, '']));
    expect(await problemsOf(await zipOf(files))).toBe(
      'The package has more than 100 files (setting maxPackageFiles).',
    );
  });

  it('names twenty problems, and counts the rest', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`xx/${n}`, '']));
    const problems = (await problemsOf(renamed(await zipOf(files), 'xx/', '../'))).split('\n');
    expect(problems).toHaveLength(22);
    expect(problems.at(-1)).toBe('And 10 more.');
  });

  it('says so when everything is inside of one folder', async () => {
    const zip = await zipOf({
      'app/host.json': HOST_JSON,
      'app/index.js': '',
      '__MACOSX/app/._index.js': '',
    });
    expect(await problemsOf(zip)).toMatch(/inside of the folder "app": zip what is in the folder/);
  });

  it('says so when there is no host.json, or one of another case, or nothing', async () => {
    expect(await problemsOf(await zipOf({ 'index.js': '' }))).toMatch(/no host\.json at the top/);
    expect(await problemsOf(await zipOf({ 'Host.json': '' }))).toMatch(/must be named host\.json/);
    expect(await problemsOf(await zipOf({}))).toMatch(/is empty/);
  });

  it('says what is wrong in host.json', async () => {
    expect(await problemsOf(await zipOf({ 'host.json': '{"version":"3.0"}' }))).toMatch(/version/);
    expect(await problemsOf(await zipOf({ 'host.json': '{' }))).toMatch(/host\.json/);
  });
});
