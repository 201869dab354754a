import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { FileUrls } from './file-urls.js';
import { readFile } from './read-file.js';

/** Writes a file of management to `path`. Throws an `Error`, also when what came has not the digest that was asked for. */
export async function download(urls: FileUrls, digest: string, path: string): Promise<void> {
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Buffer> {
    for await (const piece of readFile(urls, digest)) {
      hash.update(piece);
      yield piece;
    }
  }
  await pipeline(hashed(), createWriteStream(path));
  const found = hash.digest('hex');
  if (found !== digest) throw new Error(`its content has the digest ${found}`);
}
