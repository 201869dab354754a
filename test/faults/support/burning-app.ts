import type { AppFiles } from '../../support/app-files.js';
import { jsonLines } from '../../support/batch-api.js';

const BURN = `
module.exports = async (context, { id, ms }) => {
  const endMs = performance.now() + ms;
  // The event loop gets a turn now and then: whoever pauses or ends this process is not to be helped by that, nor hindered.
  while (performance.now() < endMs) {
    const turnMs = performance.now() + 20;
    while (performance.now() < turnMs) Math.sqrt(turnMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { id };
};
`;

/** An app whose `item` uses a processor for as long as its item says. @param timeoutSeconds for each */
export function burningApp(timeoutSeconds: number): AppFiles {
  const queue = { type: 'queueTrigger', direction: 'in', name: 'order', queueName: 'orders' };
  const returned = { type: 'queue', direction: 'out', name: '$return', queueName: 'done' };
  const functionTimeout = `00:00:${String(timeoutSeconds).padStart(2, '0')}`;
  return {
    'host.json': JSON.stringify({ version: '2.0', functionTimeout }),
    'item/function.json': JSON.stringify({ bindings: [queue, returned] }),
    'item/index.js': BURN,
  };
}

/** Items that burn for so long each, milliseconds. */
export function burningItems(...milliseconds: number[]): string {
  return jsonLines(milliseconds.map((ms, index) => ({ id: index + 1, ms })));
}
