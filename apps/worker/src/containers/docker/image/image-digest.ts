import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ImageFile } from './image-contents.js';
import { IMAGE_FOLDERS } from './image-layout.js';

/** Raised when the image is put together otherwise than before out of the same files. */
const LAYOUT_VERSION = '1';

/** A sha256 over all that an image holds: the same digest, the same image. */
export async function imageDigest(files: readonly ImageFile[]): Promise<string> {
  const digest = createHash('sha256');
  digest.update(JSON.stringify([LAYOUT_VERSION, IMAGE_FOLDERS]));
  for (const file of files) {
    digest.update(JSON.stringify([file.target, file.executable, await contentDigest(file)]));
  }
  return digest.digest('hex');
}

async function contentDigest({ source }: ImageFile): Promise<string> {
  const digest = createHash('sha256');
  if ('text' in source) return digest.update(source.text).digest('hex');
  for await (const chunk of createReadStream(source.path, { highWaterMark: 1024 * 1024 })) {
    digest.update(chunk as Buffer);
  }
  return digest.digest('hex');
}
