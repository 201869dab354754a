import { type Command, Option } from 'commander';
import type { NotificationSummary } from '../api-answers.js';
import type { Receiver } from '../api-requests.js';
import { UsageError } from '../exit-codes.js';
import { tableLines } from '../terminal/table.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

const STATES = ['waiting', 'sent', 'dead'];
const HEADINGS = ['NOTIFICATION', 'WHEN', 'EVENT', 'BATCH', 'TO', 'STATE', 'TRIES', 'LAST ERROR'];

interface ListOptions extends CommonOptions {
  readonly state?: string;
  readonly run?: string;
  readonly limit: number;
}

interface TestOptions extends CommonOptions {
  readonly webhook?: string;
  readonly secret?: string;
  readonly email?: string;
}

/** `nightjar notifications …`. */
export function addNotificationCommands(program: Command, context: CommandContext): void {
  const notifications = program
    .command('notifications')
    .description('what was said to whom of batches, and what could not be');
  addList(notifications, context);
  addTest(notifications, context);
  addRetry(notifications, context);
}

function addList(notifications: Command, context: CommandContext): void {
  const command = notifications
    .command('list')
    .description('notifications, the newest first')
    .addOption(new Option('--state <state>', 'only those that are so').choices(STATES))
    .option('--run <run>', 'only those of this batch run')
    .addOption(new Option('--limit <count>', 'how many').argParser(asCount).default(50));
  withCommonOptions(command).action(async ({ url, state, run, limit }: ListOptions) => {
    const found = await context.client(url).notifications({ state, runId: run, limit });
    for (const line of tableLines(HEADINGS, found.map(rowOf))) context.terminal.line(line);
  });
}

function addTest(notifications: Command, context: CommandContext): void {
  const command = notifications
    .command('test')
    .description('send a try to a receiver, and say what became of it')
    .option('--webhook <url>', 'a webhook')
    .option('--secret <name>', 'sign it with this secret of the setting webhookSecrets')
    .option('--email <address>', 'an e-mail address');
  withCommonOptions(command).action(async ({ url, ...options }: TestOptions) => {
    const { delivered, error, durationMs } = await context.client(url).testNotification(receiverOf(options));
    if (delivered) return context.terminal.line(`It was taken, in ${durationMs} ms.`);
    context.terminal.errorLine(error ?? 'It was not taken.');
    context.fail();
  });
}

function addRetry(notifications: Command, context: CommandContext): void {
  const command = notifications
    .command('retry <notification>')
    .description('try a notification again that was given up');
  withCommonOptions(command).action(async (id: string, { url }: CommonOptions) => {
    await context.client(url).retryNotification(id);
    context.terminal.line(`Notification ${id} is tried again.`);
  });
}

function receiverOf({ webhook, secret, email }: TestOptions): Receiver {
  if (webhook !== undefined && email === undefined)
    return { webhook: { url: webhook, ...(secret !== undefined && { secretName: secret }) } };
  if (email !== undefined && webhook === undefined && secret === undefined) return { email };
  throw new UsageError('Say --webhook (with --secret, or without) or --email');
}

function rowOf(one: NotificationSummary): string[] {
  return [
    one.notificationId,
    one.createdAt,
    one.event,
    `${one.app}/${one.batch}`,
    one.target.address,
    one.state,
    String(one.attempts),
    one.lastError ?? '',
  ];
}
