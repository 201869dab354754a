import type { Command } from 'commander';
import { publishFolder } from '../package/publish-folder.js';
import { count } from '../terminal/figures.js';
import { type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface PublishOptions extends CommonOptions {
  readonly app?: string;
}

export function addPublishCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('publish <folder>')
    .description("publish a function app's folder, without what its .funcignore names")
    .option('--app <name>', "the app's name (default: the folder's)");
  withCommonOptions(command).action(async (folder: string, options: PublishOptions) => {
    const { app, fileCount, sizeBytes, sha256 } = await publishFolder(
      context.client(options.url),
      folder,
      options.app,
    );
    context.terminal.line(
      `Published ${app}: ${count(fileCount)} files, ${count(sizeBytes / 1024)} KiB, sha256 ${sha256.slice(0, 12)}.`,
    );
  });
}
