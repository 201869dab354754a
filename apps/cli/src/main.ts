#!/usr/bin/env node
import { runCli } from './run-cli.js';
import { ProcessTerminal } from './terminal/terminal.js';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: new ProcessTerminal(),
  environment: process.env,
  signal: interrupted.signal,
});
