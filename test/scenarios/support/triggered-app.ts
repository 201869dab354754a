import type { AppFiles } from '../../support/app-files.js';

const HTTP = [
  {
    type: 'httpTrigger',
    direction: 'in',
    name: 'req',
    authLevel: 'function',
    methods: ['post'],
    route: 'orders/{id?}',
  },
  { type: 'http', direction: 'out', name: '$return' },
];
const TIMER = [{ type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 3 29 2 *' }];

/** Refuses every third order, and fails once on every fourth, which a second attempt mends. */
const ORDER = `
module.exports = async function (context, req) {
  const { index } = req.body;
  const attempt = Number(req.headers['x-nightjar-attempt']);
  if (index % 3 === 0) return { status: 422, body: 'order ' + index + ' is refused' };
  if (index % 4 === 0 && attempt === 1) return { status: 503 };
  return { status: 201, body: { index, method: req.method, attempt } };
};
`;

const NIGHTLY = `
module.exports = async function (context, timer) {
  context.log('past due: ' + timer.isPastDue);
};
`;

/** `order` takes an item as the body of a POST, `nightly` is a timer function. */
export function triggeredApp(): AppFiles {
  return {
    'host.json': JSON.stringify({ version: '2.0', functionTimeout: '00:00:10' }),
    'order/function.json': JSON.stringify({ bindings: HTTP }),
    'order/index.js': ORDER,
    'nightly/function.json': JSON.stringify({ bindings: TIMER }),
    'nightly/index.js': NIGHTLY,
  };
}
