import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** The files of a function app: paths with forward slashes, and what is in them. */
export type AppFiles = Readonly<Record<string, string | Buffer>>;

/** What `@azure/functions` needs at run time; the packages are used as they are published. */
const V4_PACKAGES = ['@azure/functions', '@azure/functions-extensions-base', 'cookie'];

/** Types, maps and words, which no function needs: an upload of a third of the size. */
const NOT_RUN = /\.(ts|map|md|min\.js)$/;

/** What examples have for people, not for a host: their `.funcignore` names it too. */
const NOT_PUBLISHED = /^(node_modules|test|data)\/|^(local\.settings\.json|README\.md)$/;

/** An app in the v4 programming model: these files, with `@azure/functions` beside them. */
export async function v4App(files: AppFiles): Promise<AppFiles> {
  const packages: Record<string, string | Buffer> = {};
  for (const name of V4_PACKAGES) {
    const folder = `node_modules/${name}`;
    for (const [path, content] of Object.entries(await readFiles(folder))) {
      if (!NOT_RUN.test(path)) packages[`${folder}/${path}`] = content;
    }
  }
  return { ...packages, ...files };
}

/** One of the shipped examples, as it is published. */
export async function exampleApp(name: 'hello-http' | 'classic' | 'nightly-invoices'): Promise<AppFiles> {
  const all = Object.entries(await readFiles(join('examples', name)));
  const files = Object.fromEntries(all.filter(([path]) => !NOT_PUBLISHED.test(path)));
  return name === 'classic' ? files : v4App(files);
}

/** All files below a folder. */
export async function readFiles(folder: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, Buffer> = {};
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path).split(sep).join('/')] = await readFile(path);
  }
  return files;
}

export async function writeFiles(folder: string, files: AppFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
