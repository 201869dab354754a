import { pathToFileURL } from 'node:url';

/** The drive under which this machine's own folders are seen: the double runs where there are none. */
const DRIVE = 'Z:';

/** `/tmp/app` → `Z:\tmp\app`. */
export function windowsPathOf(path: string): string {
  return `${DRIVE}${path.replaceAll('/', '\\')}`;
}

/** `Z:\tmp\app` → `/tmp/app`. Undefined for what is not on that drive. */
export function ownPathOf(windowsPath: string): string | undefined {
  return windowsPath.startsWith(`${DRIVE}\\`)
    ? windowsPath.slice(DRIVE.length).replaceAll('\\', '/')
    : undefined;
}

/** Folders of an image, by their place in it, and where they really are. */
export type ImageFolders = Readonly<Record<string, string>>;

/** Where a file of an image really is. Undefined when the image does not have its folder. */
export function fileInImage(windowsPath: string, folders: ImageFolders): string | undefined {
  const folder = Object.keys(folders).find((candidate) => windowsPath.startsWith(`${candidate}\\`));
  if (folder === undefined) return undefined;
  return `${folders[folder]}${windowsPath.slice(folder.length).replaceAll('\\', '/')}`;
}

/** A module that makes a process believe that it is in a folder of Windows. */
export function insideModule(workingDirectory: string): string {
  const url = pathToFileURL(new URL('inside.mjs', import.meta.url).pathname);
  url.searchParams.set('folder', workingDirectory);
  return url.href;
}
