import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { managementAcl, workerAcl } from '#shared/queue/bullmq/redis-acl.js';
import { UsageError } from '../exit-codes.js';
import type { CommandContext } from './command-context.js';

interface AclOptions {
  readonly prefix: string;
  readonly pool: string;
  readonly os: string;
}

/** Makes users for Redis; asks management nothing. */
export function addRedisAclCommand(program: Command, context: CommandContext): void {
  program
    .command('redis-acl')
    .description("print lines for Redis' ACL file: users for management and workers, with the least rights")
    .option('--prefix <text>', 'the setting redisKeyPrefix', 'nightjar')
    .option('--pool <name>', "the workers' pool", 'default')
    .option('--os <system>', "the workers' containers: linux or windows", 'linux')
    .action((options: AclOptions) => {
      printAcl(options, context);
    });
}

function printAcl({ prefix, pool, os }: AclOptions, { terminal }: CommandContext): void {
  if (os !== 'linux' && os !== 'windows') throw new UsageError('--os must be linux or windows');
  const management = { name: `${prefix}-management`, password: newPassword() };
  const worker = { name: `${prefix}-worker-${pool}-${os}`, password: newPassword() };
  terminal.line(managementAcl(management, prefix));
  terminal.line(workerAcl(worker, prefix, { pool, os }));
  // Beside the lines, which hold hashes only: the passwords are nowhere else.
  for (const { name, password } of [management, worker])
    terminal.errorLine(`REDIS_URL=redis://${name}:${password}@<host>:6379/0`);
}

function newPassword(): string {
  return randomBytes(32).toString('base64url');
}
