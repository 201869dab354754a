import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path/posix';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';
import type { ImageFile } from './image-contents.js';
import { IMAGE_FOLDERS } from './image-layout.js';

const MODE = { folder: 0o755, temporary: 0o1777, program: 0o755, file: 0o644 };
/** The same for all: an image depends on its contents only. */
const MODIFIED_AT = new Date(0);

/** The image's file system as a tar stream; its error is that of a file that could not be read. */
export function imageArchive(files: readonly ImageFile[]): Readable {
  const archive = pack();
  void fill(archive, files).catch((error: unknown) => archive.destroy(error as Error));
  // The engine's client and the pipeline want Node's own kind of stream, tar-stream has another.
  return Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false });
}

async function fill(archive: Pack, files: readonly ImageFile[]): Promise<void> {
  for (const folder of foldersOf(files)) {
    const mode = folder === '/tmp' ? MODE.temporary : MODE.folder;
    archive.entry({ type: 'directory', name: folder.slice(1), mode, mtime: MODIFIED_AT });
  }
  for (const file of files) await addFile(archive, file);
  archive.finalize();
}

/** Every folder on the way to a file, parents first. */
export function foldersOf(files: readonly Pick<ImageFile, 'target'>[]): string[] {
  const folders = new Set<string>();
  const addWithParents = (folder: string): void => {
    if (folder === '/' || folders.has(folder)) return;
    addWithParents(dirname(folder));
    folders.add(folder);
  };
  for (const folder of IMAGE_FOLDERS) addWithParents(folder);
  for (const file of files) addWithParents(dirname(file.target));
  return [...folders];
}

async function addFile(archive: Pack, { target, source, executable }: ImageFile): Promise<void> {
  const header = { name: target.slice(1), mode: executable ? MODE.program : MODE.file, mtime: MODIFIED_AT };
  if ('text' in source) {
    archive.entry(header, source.text);
    return;
  }
  const { size } = await stat(source.path);
  await pipeline(createReadStream(source.path), archive.entry({ ...header, size }));
}
