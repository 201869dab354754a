import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The function app whose HTTP function a first run calls. */
export const HTTP_EXAMPLE = 'hello-http';
export const HTTP_FUNCTION = 'hello';
/** The function app whose file a first run works through. */
export const BATCH_EXAMPLE = 'nightly-invoices';
export const BATCH_FUNCTION = 'processInvoice';

/** The function apps below a folder: those that have a host.json, by name. */
export async function exampleApps(examplesFolder: string): Promise<readonly string[]> {
  const entries = await readdir(examplesFolder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const apps: string[] = [];
  for (const name of folders.sort()) {
    if ((await readdir(join(examplesFolder, name))).includes('host.json')) apps.push(name);
  }
  return apps;
}

/** The JSON Lines file that the batch example ships in its `data` folder. */
export async function batchFileOf(examplesFolder: string): Promise<string> {
  const folder = join(examplesFolder, BATCH_EXAMPLE, 'data');
  const file = (await readdir(folder)).sort().find((name) => name.endsWith('.jsonl'));
  if (file === undefined) throw new Error(`${folder} holds no .jsonl file`);
  return join(folder, file);
}
