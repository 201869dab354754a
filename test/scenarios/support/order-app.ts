import type { AppFiles } from '../../support/app-files.js';

/**
 * An app that notes the id of each order in the file that it names, and then fails those that are `closed`, and those that are
 * `unknown` until it is mended. A `flaky` one succeeds at its third try, a `slow` one fails after a while. An `endless` order takes half an
 * hour.
 */
export function orderApp({ isMended }: { readonly isMended: boolean }): AppFiles {
  const trigger = { type: 'queueTrigger', direction: 'in', name: 'order', queueName: 'orders' };
  const returned = { type: 'queue', direction: 'out', name: '$return', queueName: 'done' };
  return {
    'host.json': JSON.stringify({ version: '2.0', functionTimeout: '01:00:00' }),
    'order/function.json': JSON.stringify({ bindings: [trigger, returned] }),
    'order/index.js': `
const { appendFileSync, readFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const isMended = ${isMended};
module.exports = async function (context, { id, kind, file }) {
  appendFileSync(file, id + '\\n');
  if (kind === 'endless') await sleep(1_800_000);
  if (kind === 'flaky') {
    const tries = readFileSync(file, 'utf8').split('\\n').filter((line) => line === String(id)).length;
    if (tries < 3) throw Object.assign(new Error('Try ' + tries + ' failed'), { name: 'FlakyError' });
  }
  if (kind === 'slow') {
    await sleep(50);
    throw new Error('Order ' + id + ' came too late');
  }
  if (kind === 'closed') {
    throw Object.assign(new Error('Order "' + id + '" is closed'), { name: 'ClosedOrderError' });
  }
  if (kind === 'unknown') {
    if (!isMended) throw Object.assign(new Error('Order ' + id + ' is unknown'), { name: 'UnknownOrderError' });
    // Long enough for a worker to die in the middle of it.
    await sleep(300);
  }
  return { id };
};
`,
  };
}
