import type { AppFiles } from '../../support/app-files.js';

const OBEY = `
async function obey(order) {
  if (order.ms) await new Promise((resolve) => setTimeout(resolve, order.ms));
  if (order.exit) process.exit(order.exit);
  if (order.kill) { process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }
  if (order.hog) {
    const all = [];
    for (;;) { all.push(Buffer.alloc(8 * 1024 * 1024, 1)); await new Promise((resolve) => setTimeout(resolve, 1)); }
  }
  if (order.print) {
    const block = Buffer.alloc(1024 * 1024, 'x');
    const write = () => new Promise((resolve) => process.stdout.write(block, resolve));
    for (let written = 0; written < order.print; written += 1) await write();
    process.stdout.write('\\n');
  }
  if (order.answer) return { answer: 'y'.repeat(order.answer) };
  return { n: order.n };
}
module.exports = { obey };
`;

function bindings(...all: Record<string, unknown>[]): string {
  return JSON.stringify({ bindings: all });
}

/** What the functions of `engineApp` are told to do, in this order. */
export interface Order {
  readonly n: number;
  readonly ms?: number;
  /** Ends its process with this code. */
  readonly exit?: number;
  /** Kills its process by SIGKILL, as only somebody outside should. */
  readonly kill?: boolean;
  /** Takes memory without end. */
  readonly hog?: boolean;
  /** Prints a line of so many MiB. */
  readonly print?: number;
  /** Answers with so many characters. */
  readonly answer?: number;
}

/** An app for containers: `item` takes a batch's items, `call` an HTTP call, and both do as they are told and return `n`. */
export function engineApp(): AppFiles {
  const queue = { type: 'queueTrigger', direction: 'in', name: 'order', queueName: 'orders' };
  const returned = { type: 'queue', direction: 'out', name: '$return', queueName: 'done' };
  const request = { type: 'httpTrigger', direction: 'in', name: 'req', authLevel: 'anonymous' };
  const response = { type: 'http', direction: 'out', name: 'res' };
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'lib/obey.js': OBEY,
    'item/function.json': bindings(queue, returned),
    'item/index.js': "module.exports = (context, order) => require('../lib/obey').obey(order);",
    'call/function.json': bindings(request, response),
    'call/index.js': `module.exports = async (context, req) => {
      context.res = { body: await require('../lib/obey').obey(req.body) };
    };`,
  };
}

/** Calls `call` without waiting for its end. @returns the invocation's id */
export async function callLater(url: string, app: string, order: Order): Promise<string> {
  const response = await fetch(`${url}/apps/${app}/api/call`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(order),
  });
  return ((await response.json()) as { id: string }).id;
}
