import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { parseLogindSessions, readLogindSessions } from './logind.js';

/** Of the form that `loginctl show-session 2 c1 5 --property=…` prints; written by hand. */
const PRINTED = `Id=2
User=1000
Name=ada
TTY=tty2
Display=:0
Remote=no
Service=gdm-password
Type=x11
Class=user
State=active
Seat=seat0
IdleHint=yes
IdleSinceHint=1764450000123456
LockedHint=yes

Id=c1
User=120
Name=gdm
Remote=no
Service=gdm-launch-environment
Type=wayland
Class=greeter
State=online
Seat=seat0
IdleHint=no
IdleSinceHint=0
LockedHint=no

Id=5
User=1001
Name=bob
TTY=pts/3
Remote=yes
Service=sshd
Type=tty
Class=user
State=closing
IdleHint=no
IdleSinceHint=1764450000000000
LockedHint=no
`;

describe('parseLogindSessions', () => {
  it('reads one block a session', () => {
    const [first, second, third, ...more] = parseLogindSessions(PRINTED);
    expect(more).toEqual([]);
    expect(first).toEqual({
      id: '2',
      userId: 1000,
      user: 'ada',
      type: 'x11',
      sessionClass: 'user',
      remote: false,
      service: 'gdm-password',
      display: ':0',
      terminal: 'tty2',
      seat: 'seat0',
      state: 'active',
      locked: true,
      idle: true,
      idleSinceMs: 1764450000123.456,
    });
    expect(second).toMatchObject({ sessionClass: 'greeter', terminal: '', display: '', locked: false });
    expect(third).toMatchObject({ remote: true, terminal: 'pts/3', seat: '', state: 'closing' });
  });

  it('does not believe a session without its class', () => {
    expect(() => parseLogindSessions('Id=3\nUser=1\n')).toThrow('without its id or class');
  });
});

describe('readLogindSessions', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('logind');
  });
  afterAll(() => removeFolder(folder));
  const never = async (): Promise<string> => {
    throw new Error('nothing is to be started');
  };

  it('is null without logind, and starts no program', async () => {
    expect(await readLogindSessions(join(folder, 'nowhere'), never)).toBeNull();
    const run = join(folder, 'unused');
    await mkdir(join(run, 'systemd/sessions'), { recursive: true });
    expect(await readLogindSessions(run, never)).toBeNull();
  });

  it('is empty when nobody is logged in, and starts no program', async () => {
    const run = join(folder, 'nobody');
    await writeFileTree(run, { 'systemd/seats/seat0': 'IS_SEAT0=1\n' });
    expect(await readLogindSessions(run, never)).toEqual([]);
  });

  it('asks for all sessions at once, and keeps those of people that have not ended', async () => {
    const run = join(folder, 'three');
    await writeFileTree(run, {
      'systemd/sessions/2': '',
      'systemd/sessions/c1': '',
      'systemd/sessions/5': '',
      'systemd/sessions/5.ref': '',
    });
    const asked: string[] = [];
    const sessions = await readLogindSessions(run, async (program, args) => {
      asked.push([program, ...args.filter((arg) => !arg.startsWith('--'))].join(' '));
      return PRINTED;
    });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.split(' ').toSorted()).toEqual(['2', '5', 'c1', 'loginctl', 'show-session']);
    expect(sessions?.map(({ id }) => id)).toEqual(['2']);
  });

  it('asks again when a session has ended in between, and fails when none has', async () => {
    const run = join(folder, 'ending');
    await writeFileTree(run, { 'systemd/sessions/2': '', 'systemd/sessions/9': '' });
    let asked = 0;
    const sessions = await readLogindSessions(run, async () => {
      asked += 1;
      if (asked > 1) return PRINTED;
      await removeFolder(join(run, 'systemd/sessions/9'));
      throw new Error('No session "9" known');
    });
    expect(sessions?.map(({ id }) => id)).toEqual(['2']);
    await expect(readLogindSessions(run, () => Promise.reject(new Error('no bus')))).rejects.toThrow(
      'no bus',
    );
  });
});
