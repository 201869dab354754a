import type { AppFiles } from '../../support/app-files.js';

/** Tells where it runs: in the process runtime, the parent of a language worker is the worker. */
const WHERE = `{ worker: process.ppid }`;

/** An app whose functions tell which worker ran them: `call` for an HTTP call, `item` for an item of a batch. */
export function placedApp(): AppFiles {
  const bindings = (...all: Record<string, unknown>[]): string => JSON.stringify({ bindings: all });
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'call/function.json': bindings(
      { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' },
      { type: 'http', direction: 'out', name: 'res' },
    ),
    'call/index.js': `module.exports = async (context) => { context.res = { body: ${WHERE} }; };`,
    'item/function.json': bindings(
      { type: 'queueTrigger', direction: 'in', name: 'work', queueName: 'work' },
      { type: 'queue', direction: 'out', name: '$return', queueName: 'done' },
    ),
    'item/index.js': `module.exports = async () => (${WHERE});`,
  };
}
