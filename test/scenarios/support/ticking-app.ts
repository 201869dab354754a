import { v4App, type AppFiles } from '../../support/app-files.js';

const INDEX = `
const { app } = require('@azure/functions');
app.timer('tick', {
  schedule: '* * * * * *',
  handler: (timer, context) => context.log('tick ' + timer.isPastDue),
});
`;

/** A timer that fires each second. */
export function tickingApp(): Promise<AppFiles> {
  return v4App({
    'host.json': JSON.stringify({ version: '2.0' }),
    'package.json': JSON.stringify({ name: 'ticking', main: 'index.js' }),
    'index.js': INDEX,
  });
}
