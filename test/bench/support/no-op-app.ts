import { v4App, writeFiles } from '../../support/app-files.js';

const HOST_JSON = JSON.stringify({ version: '2.0' });
const PACKAGE_JSON = JSON.stringify({ name: 'no-op', version: '1.0.0', main: 'index.js' });
const INDEX_JS = `
const { app } = require('@azure/functions');
app.http('noop', { methods: ['GET'], authLevel: 'anonymous', handler: async () => ({}) });
app.storageQueue('item', { queueName: 'items', connection: '', handler: async () => {} });
app.generic('items', {
  trigger: { type: 'serviceBusTrigger', name: 'messages', queueName: 'items', connection: '', cardinality: 'many' },
  handler: async () => {},
});
`;

/** Writes a function app whose functions do nothing: `noop` (HTTP), `item` (one message), `items` (a hundred messages). */
export async function writeNoOpApp(folder: string): Promise<void> {
  const files = { 'host.json': HOST_JSON, 'package.json': PACKAGE_JSON, 'index.js': INDEX_JS };
  await writeFiles(folder, await v4App(files));
}
