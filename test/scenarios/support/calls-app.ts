import type { AppFiles } from '../../support/app-files.js';
import { functionJson } from './shop-app.js';

const HELLO = "module.exports = async (context) => { context.res = { body: 'hello' }; };";

/** Says in a file that it was called, waits, answers with what it was called for. */
const WORK = `
const { appendFileSync } = require('node:fs');
module.exports = async function (context, req) {
  const { id, file, ms } = req.body;
  appendFileSync(file, id + '\\n');
  await new Promise((resolve) => setTimeout(resolve, ms ?? 0));
  context.res = { status: 201, headers: { 'x-id': String(id) }, body: { id } };
};
`;

const http = (trigger: Record<string, unknown>): string =>
  functionJson({ type: 'httpTrigger', name: 'req', ...trigger });

/**
 * HTTP functions for the edge of the HTTP trigger: `open`, `guarded`, `guarded-too`, `secret` say hello to whom they admit;
 * `work` notes each execution in a file that its body names.
 */
export function callsApp(): AppFiles {
  return {
    'host.json': JSON.stringify({ version: '2.0' }),
    'open/function.json': http({ authLevel: 'anonymous', methods: ['get'] }),
    'open/index.js': HELLO,
    'guarded/function.json': http({ authLevel: 'function' }),
    'guarded/index.js': HELLO,
    'guarded-too/function.json': http({ authLevel: 'function' }),
    'guarded-too/index.js': HELLO,
    'secret/function.json': http({ authLevel: 'admin' }),
    'secret/index.js': HELLO,
    'work/function.json': http({ authLevel: 'anonymous', methods: ['post'] }),
    'work/index.js': WORK,
  };
}
