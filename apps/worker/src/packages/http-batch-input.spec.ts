import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ManagementFiles } from '../../../../test/support/doubles/management-files.js';
import { InputUnavailableError, type InputLine, type InputPart } from './batch-input.js';
import { FileUrls } from './file-urls.js';
import { HttpBatchInput } from './http-batch-input.js';

const MEBIBYTE = 1024 * 1024;

// Retries wait; and a busy machine is slow.
jest.setTimeout(60_000);

let management: ManagementFiles;
let input: HttpBatchInput;

beforeEach(async () => {
  management = await ManagementFiles.start();
  input = new HttpBatchInput(new FileUrls(management.url, management.workerKey), 256 * 1024);
});

afterEach(() => management.stop());

/** Makes it management's; the part is all of it. */
function publish(content: Buffer): InputPart {
  return { digest: management.add(content), byteStart: 0, byteEnd: content.length, firstLine: 1 };
}

function numbered(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_unused, index) => `{"number":${index + 1}}\n`).join(''));
}

async function linesOf(part: InputPart): Promise<InputLine[]> {
  const all: InputLine[] = [];
  for await (const lines of input.read(part)) all.push(...lines);
  return all;
}

describe('HttpBatchInput', () => {
  it('reads a part by its bytes, numbered as in the whole file', async () => {
    const content = Buffer.from('"a"\n"bé"\n"c"\n');
    const part = publish(content);
    expect(await linesOf({ ...part, byteStart: 4, byteEnd: 10, firstLine: 2 })).toEqual([
      { lineNumber: 2, text: '"bé"' },
    ]);
    expect(await linesOf({ ...part, byteStart: 4, firstLine: 2 })).toHaveLength(2);
    expect(await linesOf({ ...part, byteEnd: 0 })).toEqual([]);
  });

  it('takes up a broken connection where it broke, within a line too', async () => {
    const part = publish(numbered(5000));
    management.faults.push({ breakAfterBytes: 1007 }, { breakAfterBytes: 40_003 }, { status: 503 });
    const lines = await linesOf(part);
    expect(lines.map(({ text }) => text)).toEqual(
      Array.from({ length: 5000 }, (_unused, index) => `{"number":${index + 1}}`),
    );
    expect(lines.at(-1)?.lineNumber).toBe(5000);
  });

  it('asks for another URL when the one it has is refused', async () => {
    const part = publish(numbered(10));
    await linesOf(part);
    management.expireUrls();
    expect(await linesOf(part)).toHaveLength(10);
  });

  it('does not take other bytes for those that it asked for', async () => {
    const part = publish(numbered(10));
    management.faults.push('wrongRange');
    expect((await linesOf({ ...part, byteStart: 13, firstLine: 2 }))[0]?.text).toBe('{"number":2}');
  });

  it('gives a line that is too long without its text, and never holds it', async () => {
    const long = Buffer.concat([Buffer.from('1\n'), Buffer.alloc(256 * MEBIBYTE, 'x'), Buffer.from('\n3\n')]);
    const part = publish(long);
    const before = process.memoryUsage().arrayBuffers;
    expect(await linesOf(part)).toEqual([
      { lineNumber: 1, text: '1' },
      { lineNumber: 2, text: null, problem: 'tooLong' },
      { lineNumber: 3, text: '3' },
    ]);
    // Besides the double's copy of what it sends, and some pieces that the garbage collector has not been at yet.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(448 * MEBIBYTE);
  });

  it('lets go of the connection when its reader has had enough', async () => {
    const part = publish(Buffer.concat([numbered(10), Buffer.alloc(8 * MEBIBYTE, ' ')]));
    for await (const lines of input.read(part)) {
      expect(lines[0]?.lineNumber).toBe(1);
      break;
    }
    expect(management.requests).toEqual(['URL', 'GET']);
  });

  it('gives up after failures in a row', async () => {
    const part = publish(numbered(10));
    management.faults.push(...Array.from({ length: 5 }, () => ({ status: 500 })));
    await expect(linesOf(part)).rejects.toThrow(InputUnavailableError);
  });
});
