import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiClient } from '../api-client.js';
import type { Terminal } from '../terminal/terminal.js';

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly signal: AbortSignal;

  /** @param url from the command line, before that of the environment */
  client(url?: string): ApiClient;

  /** The command was carried out, but its result is a failure: exit code 1. */
  fail(): void;
}

export interface CommonOptions {
  readonly url?: string;
}

/** Adds what every command takes. */
export function withCommonOptions(command: Command): Command {
  return command.addOption(new Option('--url <url>', 'where management is').argParser(asHttpUrl));
}

/** For options that are counts. */
export function asCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

function asHttpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:7070.');
  }
  return text;
}
