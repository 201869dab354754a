import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import type { RunProgram } from '../run-program.js';
import { known } from '../sensed.js';
import { LinuxSensors } from './linux-sensors.js';

const BOOTED_AT_S = 1_764_400_000;
const NOW_S = BOOTED_AT_S + 50_000;
const PROC = {
  'proc/stat': `cpu  100 0 100 800 0 0 0 0 0 0\nbtime ${BOOTED_AT_S}\n`,
  'proc/meminfo': 'MemTotal:  1000 kB\nMemAvailable:  400 kB\n',
  'proc/1/comm': 'systemd\n',
  'proc/1/cmdline': '/sbin/init\0splash\0',
  'proc/40/comm': 'kworker/0:1\n',
  'proc/40/cmdline': '',
  'proc/812/comm': 'Cyberpunk2077.e\n',
  'proc/812/cmdline': 'C:\\games\\Cyberpunk2077.exe\0--fullscreen\0',
  'proc/version': 'Linux\n',
};

let root: string;
beforeEach(async () => {
  root = await makeTempFolder('linux-sensors');
  await writeFileTree(root, PROC);
});
afterEach(() => removeFolder(root));

const noPrograms: RunProgram = () => Promise.reject(new Error('no programs here'));

function sensorsOf(run: RunProgram = noPrograms): LinuxSensors {
  const at = (name: string): string => join(root, name);
  const paths = {
    proc: at('proc'),
    sys: at('sys'),
    dev: at('dev'),
    run: at('run'),
    xIdleProgram: at('xprintidle'),
  };
  return new LinuxSensors(at('data/not-there-yet'), paths, run, () => NOW_S * 1000);
}

/** A terminal as a plain file: what counts is when it was read from. */
async function makeTerminal(name: string, accessedAtS: number): Promise<void> {
  await writeFileTree(root, { [`dev/${name}`]: '' });
  await utimes(join(root, 'dev', name), accessedAtS, accessedAtS);
}

describe('LinuxSensors on trees of files', () => {
  it('see a server without keyboard and logins: there was never input', async () => {
    await makeTerminal('tty1', BOOTED_AT_S + 1);
    await makeTerminal('ttyS0', NOW_S);
    await mkdir(join(root, 'dev/pts'), { recursive: true });
    await writeFileTree(root, { 'dev/pts/ptmx': '' });
    await writeFileTree(root, { 'sys/class/input/event0/device/capabilities/key': '10000000000000 0\n' });
    expect(await sensorsOf().readPresence()).toEqual({ sessions: [], inputAgeSeconds: known(Infinity) });
  });

  it('see who typed at a console or over ssh, without logind', async () => {
    await makeTerminal('tty2', NOW_S - 300);
    await makeTerminal('pts/0', NOW_S - 20);
    const { sessions, inputAgeSeconds } = await sensorsOf().readPresence();
    expect(inputAgeSeconds).toEqual(known(20));
    expect(sessions.map(({ id }) => id)).toEqual(['tty2', 'pts/0']);
  });

  it('ask logind where somebody is logged in', async () => {
    await writeFileTree(root, { 'run/systemd/sessions/2': '' });
    const idleSince = (NOW_S - 700) * 1e6;
    const sensors = sensorsOf(async () =>
      [
        'Id=2',
        'User=1000',
        'Name=ada',
        'Type=wayland',
        'Class=user',
        'Seat=seat0',
        'State=active',
        'Remote=no',
        'LockedHint=yes',
        'IdleHint=yes',
        `IdleSinceHint=${idleSince}`,
      ].join('\n'),
    );
    const { sessions, inputAgeSeconds } = await sensors.readPresence();
    expect(inputAgeSeconds).toEqual(known(700));
    expect(sessions).toMatchObject([{ id: '2', user: 'ada', kind: 'console', locked: known(true) }]);
  });

  it('can’t see who is there when logind does not answer', async () => {
    await writeFileTree(root, { 'run/systemd/sessions/2': '' });
    await expect(sensorsOf().readPresence()).rejects.toThrow('no programs here');
  });

  it('name a keyboard that can’t be read', async () => {
    await writeFileTree(root, { 'sys/class/input/event4/device/capabilities/key': 'fffffffffffffffe\n' });
    await mkdir(join(root, 'dev/input/event4'), { recursive: true });
    const sensors = sensorsOf();
    const { inputAgeSeconds } = await sensors.readPresence();
    await sensors.close();
    expect(inputAgeSeconds).toMatchObject({ known: false });
  });

  it('see load, memory, processes and disk', async () => {
    const sensors = sensorsOf();
    expect(await sensors.readCpuTimes()).toEqual({ busySeconds: 2, totalSeconds: 10 });
    expect(await sensors.readMemory()).toEqual({ totalBytes: 1_024_000, usedBytes: 614_400 });
    const processes = await sensors.readProcesses();
    expect(processes.toSorted((a, b) => a.pid - b.pid)).toEqual([
      { pid: 1, names: ['systemd', 'init'] },
      { pid: 40, names: ['kworker/0:1'] },
      { pid: 812, names: ['Cyberpunk2077.e', 'Cyberpunk2077.exe'] },
    ]);
    expect((await sensors.readDisk()).freeBytes).toBeGreaterThan(0);
  });

  it.each([
    ['no battery', {}, 'mains'],
    [
      'a laptop unplugged',
      { AC: { type: 'Mains', online: '0' }, BAT0: { type: 'Battery', status: 'Discharging' } },
      'battery',
    ],
    [
      'a laptop plugged in',
      { AC: { type: 'Mains', online: '1' }, BAT0: { type: 'Battery', status: 'Charging' } },
      'mains',
    ],
  ] as [string, Record<string, Record<string, string>>, string][])('see %s', async (_, supplies, source) => {
    for (const [name, files] of Object.entries(supplies))
      for (const [file, text] of Object.entries(files))
        await writeFileTree(root, { [`sys/class/power_supply/${name}/${file}`]: `${text}\n` });
    expect(await sensorsOf().readPower()).toBe(source);
  });

  it('fail when the kernel’s files are not there', async () => {
    await removeFolder(join(root, 'proc'));
    const sensors = sensorsOf();
    await expect(sensors.readCpuTimes()).rejects.toThrow('ENOENT');
    await expect(sensors.readMemory()).rejects.toThrow('ENOENT');
    await expect(sensors.readPresence()).rejects.toThrow('ENOENT');
  });
});
