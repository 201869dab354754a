import { appendFileSync } from 'node:fs';
import type { AppFiles } from './app-files.js';

/** What `holdingApp`'s function is given: it notes the id in `file`, then waits until there is a file `release`. */
export interface Hold {
  readonly id: string;
  readonly file: string;
  readonly release: string;
}

const FUNCTION = `
const { appendFileSync, existsSync } = require('node:fs');
module.exports = async (context, req) => {
  const { id, file, release } = req.body;
  appendFileSync(file, id + '\\n');
  while (!existsSync(release)) await new Promise((resolve) => setTimeout(resolve, 50));
  context.res = { body: { id } };
};`;

/** An app whose function goes on until the test lets it end. For the process runtime: a container could not see the files. */
export function holdingApp(): AppFiles {
  const request = { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' };
  const response = { type: 'http', direction: 'out', name: 'res' };
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'hold/function.json': JSON.stringify({ bindings: [request, response] }),
    'hold/index.js': FUNCTION,
  };
}

export function releaseHeld(hold: Hold): void {
  appendFileSync(hold.release, '');
}

/** Promises a call of it. @returns the invocation's id */
export async function promiseHold(url: string, hold: Hold): Promise<string> {
  const response = await fetch(`${url}/apps/holding/api/hold`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(hold),
  });
  if (response.status !== 202) throw new Error(`The call was not promised: ${response.status}`);
  return ((await response.json()) as { id: string }).id;
}
