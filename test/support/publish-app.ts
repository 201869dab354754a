import type { AppFiles } from './app-files.js';
import { zipOf } from './zip-of.js';

/** Sends a package as it is. @param query such as `?isAsync=true` */
export async function sendPackage(url: string, app: string, zip: Buffer, query = ''): Promise<Response> {
  return fetch(`${url}/apps/${app}/api/zipdeploy${query}`, { method: 'POST', body: new Uint8Array(zip) });
}

/**
 * Publishes an app and waits until it is active.
 * @throws {Error} with what management says, when it is refused
 */
export async function publishApp(url: string, app: string, files: AppFiles): Promise<void> {
  const response = await sendPackage(url, app, await zipOf(files));
  if (response.status === 200) return;
  throw new Error(`The app "${app}" was not published (${response.status}): ${await response.text()}`);
}
