import { access, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { LanguageWorkerFiles } from '../../language-worker-command.js';
import { HOST_CERTIFICATES, IMAGE_CERTIFICATES, IMAGE_TEXT_FILES, IN_CONTAINER } from './image-layout.js';
import { sharedLibrariesOf } from './shared-libraries.js';

/** A file of the image: a file of this machine, or a text. */
export interface ImageFile {
  /** Absolute, in the image. */
  readonly target: string;
  readonly source: { readonly path: string } | { readonly text: string };
  readonly executable: boolean;
}

/** What the image is made of. */
export interface ImageSources {
  readonly nodePath: string;
  readonly languageWorker: LanguageWorkerFiles;
}

/** All files of the image, in the order of their paths. Throws when one can't be found. */
export async function imageContents(sources: ImageSources): Promise<ImageFile[]> {
  const { nodePath, languageWorker } = sources;
  const libraries = await sharedLibrariesOf(nodePath);
  const workerFiles = await filesBelow(languageWorker.folder);
  if (!workerFiles.includes(languageWorker.entry)) {
    throw new Error(`There is no language worker ${join(languageWorker.folder, languageWorker.entry)}.`);
  }
  const files = [
    fileFrom(nodePath, IN_CONTAINER.node, true),
    // At their own paths: where this machine's loader finds them, its copy in the image does too.
    ...libraries.map((path) => fileFrom(path, path, true)),
    ...workerFiles.map((name) =>
      fileFrom(join(languageWorker.folder, name), `${IN_CONTAINER.languageWorker}/${name}`, false),
    ),
    ...Object.entries(IMAGE_TEXT_FILES).map(([target, text]) => ({
      target,
      source: { text },
      executable: false,
    })),
    ...(await certificates()),
  ];
  return files.sort((a, b) => (a.target < b.target ? -1 : 1));
}

function fileFrom(path: string, target: string, executable: boolean): ImageFile {
  return { target, source: { path }, executable };
}

/** Relative, with forward slashes. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => relative(folder, join(file.parentPath, file.name)).replaceAll('\\', '/'));
}

async function certificates(): Promise<ImageFile[]> {
  for (const path of HOST_CERTIFICATES) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return [fileFrom(path, IMAGE_CERTIFICATES, false)];
  }
  return [];
}
