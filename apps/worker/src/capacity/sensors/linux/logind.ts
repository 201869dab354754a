import { join } from 'node:path';
import { SensorBlindError } from '../machine-sensors.js';
import type { RunProgram } from '../run-program.js';
import { listIfThere } from './files.js';

/** What logind says of a session, as far as we ask. */
export interface LogindSession {
  readonly id: string;
  readonly userId: number;
  readonly user: string;
  /** x11, wayland, mir, tty, web, unspecified. */
  readonly type: string;
  /** user, greeter, lock-screen, background, manager … */
  readonly sessionClass: string;
  readonly remote: boolean;
  /** The PAM service that opened it: sshd, gdm-password, xrdp-sesman … */
  readonly service: string;
  /** `:0`; empty without X. */
  readonly display: string;
  /** `tty2`, `pts/0`; empty without a terminal. */
  readonly terminal: string;
  /** `seat0`: a screen and keyboard of this machine; empty for none. */
  readonly seat: string;
  readonly state: string;
  readonly locked: boolean;
  readonly idle: boolean;
  /** When `idle` last changed, milliseconds since 1970; 0 for never. */
  readonly idleSinceMs: number;
}

const PROPERTIES = [
  'Id',
  'User',
  'Name',
  'Type',
  'Class',
  'Remote',
  'Service',
  'Display',
  'TTY',
  'Seat',
  'State',
  'LockedHint',
  'IdleHint',
  'IdleSinceHint',
];

/**
 * The sessions of people, as logind or elogind knows them; null where neither runs. Their ids are the names in its folder, so
 * that a machine on which nobody is logged in starts no program for being asked.
 */
export async function readLogindSessions(
  run: string,
  runProgram: RunProgram,
): Promise<readonly LogindSession[] | null> {
  const ids = await sessionIds(run);
  if (ids.length === 0) return (await listIfThere(join(run, 'systemd/seats'))).length > 0 ? [] : null;
  try {
    return await showSessions(ids, runProgram);
  } catch (error) {
    // loginctl knows all or none of them: one may have ended since they were listed.
    const now = await sessionIds(run);
    if (now.join() === ids.join()) throw error;
    return now.length === 0 ? [] : showSessions(now, runProgram);
  }
}

async function sessionIds(run: string): Promise<readonly string[]> {
  const names = await listIfThere(join(run, 'systemd/sessions'));
  return names.filter((name) => /^[A-Za-z0-9]+$/.test(name));
}

async function showSessions(
  ids: readonly string[],
  runProgram: RunProgram,
): Promise<readonly LogindSession[]> {
  const properties = PROPERTIES.map((name) => `--property=${name}`);
  return parseLogindSessions(await runProgram('loginctl', ['show-session', ...ids, ...properties])).filter(
    isOfAPerson,
  );
}

/** Reads what `loginctl show-session` prints: `Name=value` lines, an empty line between sessions. */
export function parseLogindSessions(text: string): readonly LogindSession[] {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== '')
    .map((block) => sessionOf(new Map(block.split('\n').map(nameAndValue))));
}

/** Neither a login screen nor a service, and not one that has ended and only waits for its last process. */
function isOfAPerson({ sessionClass, state }: LogindSession): boolean {
  return sessionClass.startsWith('user') && state !== 'closing';
}

function nameAndValue(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

function sessionOf(values: ReadonlyMap<string, string>): LogindSession {
  const text = (name: string): string => values.get(name) ?? '';
  if (text('Id') === '' || text('Class') === '')
    throw new SensorBlindError('loginctl named a session without its id or class');
  return {
    id: text('Id'),
    userId: Number(text('User')),
    user: text('Name'),
    type: text('Type'),
    sessionClass: text('Class'),
    remote: text('Remote') === 'yes',
    service: text('Service'),
    display: text('Display'),
    terminal: text('TTY'),
    seat: text('Seat'),
    state: text('State'),
    locked: text('LockedHint') === 'yes',
    idle: text('IdleHint') === 'yes',
    idleSinceMs: Number(text('IdleSinceHint')) / 1000,
  };
}
