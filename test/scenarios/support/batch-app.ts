import type { AppFiles } from '../../support/app-files.js';

const MANY = { cardinality: 'many', direction: 'in', name: 'items', connection: '' };

function functionJson(trigger: Record<string, unknown>): string {
  const returned = { type: 'queue', direction: 'out', name: '$return', queueName: 'done' };
  return JSON.stringify({ bindings: [{ direction: 'in', name: 'item', ...trigger }, returned] });
}

/** Does with an item what it says: `{ fail }` throws, `{ exit }` ends the process, `{ loop }` never comes back, `{ ms }` takes that long. */
const OBEY = `
module.exports = async function (context, item) {
  if (item?.log) context.log(item.log);
  if (item?.ms) await new Promise((resolve) => setTimeout(resolve, item.ms));
  if (item?.fail) throw Object.assign(new Error(item.fail), { name: 'SpoiltItemError' });
  if (item?.exit) process.exit(item.exit);
  while (item?.loop);
  return { was: item };
};
`;

const SUM = `
module.exports = async function (context, items) {
  if (items.some((item) => item.fail)) throw new Error('one of ' + items.length + ' is bad');
  return items.map((item) => ({ n: item.n, of: items.length }));
};
`;

/** `obey` does what an item says, `sum` takes groups of items, `yearly` takes no items. */
export function batchApp(): AppFiles {
  return {
    'host.json': JSON.stringify({ version: '2.0', functionTimeout: '00:00:03' }),
    'obey/function.json': functionJson({ type: 'queueTrigger', queueName: 'items' }),
    'obey/index.js': OBEY,
    'sum/function.json': functionJson({ type: 'serviceBusTrigger', queueName: 'items', ...MANY }),
    'sum/index.js': SUM,
    'yearly/function.json': JSON.stringify({
      bindings: [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 3 29 2 *' }],
    }),
    'yearly/index.js': 'module.exports = async () => {};',
  };
}
