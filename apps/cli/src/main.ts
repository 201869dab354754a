#!/usr/bin/env node
import { runCli } from './run-cli.js';
import { ProcessTerminal } from './terminal/terminal.js';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

// Whoever read the output, such as `head`, has seen enough: that is no failure, and nothing is left to do.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: new ProcessTerminal(),
  environment: process.env,
  signal: interrupted.signal,
});
