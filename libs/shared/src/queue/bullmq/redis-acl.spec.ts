import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '../../domain/errors.js';
import { managementAcl, SCRIPT_COMMANDS, workerAcl } from './redis-acl.js';

const user = { name: 'nightjar-worker', password: 'secret' };
const SHA256_OF_SECRET = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';

/** Every Redis command that a script of the installed BullMQ calls. */
function commandsOfBullmq(): ReadonlySet<string> {
  const main = createRequire(import.meta.url).resolve('bullmq');
  const folder = join(dirname(main), '..', 'esm');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.js'),
  );
  const texts = files.map((path) => readFileSync(join(folder, path), 'utf8'));
  const calls = texts.flatMap((text) => [...text.matchAll(/\b(?:rcall|redis\.call)\(\s*["']([A-Za-z]+)/g)]);
  return new Set(calls.map(([, command]) => (command ?? '').toLowerCase()));
}

describe("Redis' ACL", () => {
  it('allows what the scripts of the installed BullMQ call', () => {
    const needed = commandsOfBullmq();
    expect(needed.size).toBeGreaterThan(40);
    const allowed: readonly string[] = SCRIPT_COMMANDS;
    expect([...needed].filter((command) => !allowed.includes(command))).toEqual([]);
  });

  it('keeps a worker to the lanes of its pool, and hashes its password', () => {
    const rules = workerAcl(user, 'nightjar', { pool: 'night', os: 'windows' }).split(' ');
    expect(rules.slice(0, 4)).toEqual(['user', 'nightjar-worker', 'reset', 'on']);
    expect(rules).toContain(`#${SHA256_OF_SECRET}`);
    expect(rules.filter((rule) => /^[~&]/.test(rule))).toEqual([
      '~nightjar:night.windows.interactive:*',
      '~nightjar:night.windows.overnight:*',
      '&nightjar:reply:*',
      '&nightjar:hangup:night.windows.interactive)',
    ]);
    expect(rules).not.toContain('+subscribe');
    expect(rules.slice(-3)).toEqual([
      '(+subscribe',
      '+unsubscribe',
      '&nightjar:hangup:night.windows.interactive)',
    ]);
    expect(rules.join(' ')).not.toMatch(/\+@|allkeys|allcommands|flush|config|\+keys|\+acl/);
  });

  it('gives management all lanes, and the replies', () => {
    const rules = managementAcl(user, 'nightjar').split(' ');
    expect(rules.filter((rule) => /^[~&]/.test(rule))).toEqual([
      '~nightjar:*',
      '&nightjar:hangup:*',
      '&nightjar:reply:*',
    ]);
    expect(rules).toContain('+subscribe');
  });

  it('takes names as they are written, and refuses what it can not express', () => {
    expect(managementAcl(user, 'a*[b]?')).toContain('~a\\*\\[b\\]\\?:*');
    expect(() => managementAcl(user, 'two words')).toThrow(InvalidInputError);
  });
});
