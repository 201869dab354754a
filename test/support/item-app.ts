import { appendFileSync } from 'node:fs';
import { executionsIn } from './executions.js';
import type { AppFiles } from './app-files.js';
import { jsonLines } from './batch-api.js';

/** What the functions of `itemApp` are given: they note the id in the file, then take so long. */
export interface ItemWork {
  readonly id: number;
  readonly file: string;
  readonly ms: number;
}

const WORK = `
const { appendFileSync } = require('node:fs');
async function work({ id, file, ms }) {
  appendFileSync(file, id + '\\n');
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { id };
}
module.exports = { work };
`;

function bindings(...all: Record<string, unknown>[]): string {
  return JSON.stringify({ bindings: all });
}

/**
 * An app that tells, in a file, how often each piece of work was executed: `item` takes a batch's items and returns their id,
 * `call` does the same for an HTTP call. For the process runtime: a container could not write the file.
 */
export function itemApp(): AppFiles {
  const queue = { type: 'queueTrigger', direction: 'in', name: 'work', queueName: 'work' };
  const returned = { type: 'queue', direction: 'out', name: '$return', queueName: 'done' };
  const request = { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' };
  const response = { type: 'http', direction: 'out', name: 'res' };
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'lib/work.js': WORK,
    'item/function.json': bindings(queue, returned),
    'item/index.js': "module.exports = (context, item) => require('../lib/work').work(item);",
    'call/function.json': bindings(request, response),
    'call/index.js': `module.exports = async (context, req) => {
      context.res = { body: await require('../lib/work').work(req.body) };
    };`,
  };
}

/** The input of a batch of so many items. The file is there from now on. */
export function itemInput(file: string, count: number, ms: number): string {
  appendFileSync(file, '');
  const work = Array.from({ length: count }, (_, index): ItemWork => ({ id: index + 1, file, ms }));
  return jsonLines(work);
}

/** How often items were executed: all together, how many at least once, and the most of any. */
export function executionCounts(file: string): { total: number; distinct: number; most: number } {
  const counts = [...executionsIn(file).values()];
  return {
    total: counts.reduce((sum, count) => sum + count, 0),
    distinct: counts.length,
    most: Math.max(0, ...counts),
  };
}
