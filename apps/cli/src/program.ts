import { Command } from 'commander';
import { addAppCommands } from './commands/app-commands.js';
import { addBatchCommands } from './commands/batch-commands.js';
import { addCalendarCommands } from './commands/calendar-commands.js';
import { addCapacityCommand } from './commands/capacity-command.js';
import type { CommandContext } from './commands/command-context.js';
import { addFunctionCommands } from './commands/function-commands.js';
import { addInvocationCommands } from './commands/invocation-commands.js';
import { addMachineCommands } from './commands/machine-commands.js';
import { addNotificationCommands } from './commands/notification-commands.js';
import { addPolicyCommands } from './commands/policy-commands.js';
import { addPublishCommand } from './commands/publish-command.js';
import { addRedisAclCommand } from './commands/redis-acl-command.js';
import { addScheduleCommands } from './commands/schedule-commands.js';

const ENVIRONMENT = `
Environment:
  NIGHTJAR_URL              where management is (default http://127.0.0.1:7070)
  NIGHTJAR_ADMIN_KEY        the key, when management asks for one; or NIGHTJAR_ADMIN_KEY_FILE

Exit codes: 0 done, 1 failed (or some items did), 2 wrong usage.`;

/** The whole command line. It throws instead of ending the process. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('nightjar')
    .description('Publishes function apps to Nightjar, runs batches, reads results, looks after machines')
    .exitOverride()
    // Else the options of a command that has commands below it would be taken from those.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => context.terminal.line(text.trimEnd()),
      writeErr: (text) => context.terminal.errorLine(text.trimEnd()),
    })
    .addHelpText('after', ENVIRONMENT);
  addPublishCommand(program, context);
  addBatchCommands(program, context);
  addCalendarCommands(program, context);
  addInvocationCommands(program, context);
  addFunctionCommands(program, context);
  addScheduleCommands(program, context);
  addNotificationCommands(program, context);
  addAppCommands(program, context);
  addMachineCommands(program, context);
  addPolicyCommands(program, context);
  addCapacityCommand(program, context);
  addRedisAclCommand(program, context);
  return program;
}
