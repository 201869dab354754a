import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { AppSetting } from '../api-answers.js';
import { UsageError } from '../exit-codes.js';
import { tableLines } from '../terminal/table.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface SetOptions extends CommonOptions {
  readonly value?: string;
  readonly file?: string;
}

/** Adds the commands about what an app's code finds in its environment. */
export function addAppSettingCommands(app: Command, context: CommandContext): void {
  const settings = app.command('settings').description("what an app's code finds in its environment");
  const list = settings
    .command('list <app>')
    .description('names, and when and by whom they were changed; values are written only');
  withCommonOptions(list).action(async (name: string, { url }: CommonOptions) => {
    const found = await context.client(url).appSettings(name);
    for (const line of listLines(name, found)) context.terminal.line(line);
  });
  const set = settings
    .command('set <app> <name>')
    .description('set a value, by default from stdin: so it stands in no history')
    .option('--file <path>', 'read it from a file; a line end at its end is left out')
    .option('--value <text>', 'for what is no secret');
  withCommonOptions(set).action(async (name: string, setting: string, options: SetOptions) => {
    const value = await valueOf(options);
    await context.client(options.url).setAppSetting(name, setting, value);
    context.terminal.line(`${name} has the setting ${setting}; new work gets it within seconds.`);
  });
  const unset = settings.command('unset <app> <names...>').description('remove settings');
  withCommonOptions(unset).action(async (name: string, names: string[], { url }: CommonOptions) => {
    await context.client(url).removeAppSettings(name, names);
    context.terminal.line(`${name} has no settings ${names.join(', ')} any more.`);
  });
  const rotate = settings
    .command('rotate')
    .description("seal all apps' settings anew, by the first of management's keys");
  withCommonOptions(rotate).action(async ({ url }: CommonOptions) => {
    const { keyId, resealed } = await context.client(url).rotateSettingsKey();
    context.terminal.line(
      `${resealed} settings were sealed anew, by the key ${keyId}. Older keys may go from settingsKey now.`,
    );
  });
}

function listLines(app: string, settings: readonly AppSetting[]): readonly string[] {
  if (settings.length === 0) return [`${app} has no settings.`];
  const rows = settings.map(({ name, value, changedAt, changedBy }) => [
    name,
    value ?? '(written only)',
    changedAt,
    changedBy,
  ]);
  return tableLines(['NAME', 'VALUE', 'CHANGED', 'BY'], rows);
}

async function valueOf({ value, file }: SetOptions): Promise<string> {
  if (value !== undefined && file !== undefined) throw new UsageError('Say --value or --file, not both');
  if (value !== undefined) return value;
  const content = file === undefined || file === '-' ? await text(process.stdin) : await contentOf(file);
  // Editors and echo end what they write with a line end, which is no part of a password.
  return content.replace(/\r?\n$/, '');
}

async function contentOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${file} can't be read: ${error.code ?? error.message}`);
  });
}
