import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { known } from '../sensed.js';
import { parseAvailableMemory, parseIdleTime, parsePowerSource, parseProcesses } from './mac-output.js';
import { MacSensors } from './mac-sensors.js';

/** Of the form that macOS prints; written by hand. */
const IOREG = `+-o Root  <class IORegistryEntry, id 0x100000100, retain 30>
  +-o IOHIDSystem  <class IOHIDSystem, id 0x1000005ab, registered, matched, active, busy 0 (0 ms), retain 22>
    | {
    |   "IOClass" = "IOHIDSystem"
    |   "HIDParameters" = {"HIDClickTime"=500000000}
    |   "HIDIdleTime" = 12500000000
    |   "HIDServiceSupport" = Yes
    | }
`;
const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            400000.
Pages inactive:                           20000.
Pages speculative:                         3000.
Pages throttled:                              0.
Pages wired down:                         90000.
"Translation faults":                 123456789.
`;
const PMSET = (source: string): string =>
  `Now drawing from '${source}'\n -InternalBattery-0 (id=4653155)\t98%; discharging; 5:02 remaining present: true\n`;

describe('parseIdleTime', () => {
  it('is in seconds, the youngest where there are several', () => {
    expect(parseIdleTime(IOREG)).toBe(12.5);
    expect(parseIdleTime(`${IOREG}"HIDIdleTime" = 3000000000`)).toBe(3);
  });

  it('is not made up', () => expect(() => parseIdleTime('+-o Root')).toThrow('no HIDIdleTime'));
});

describe('parsePowerSource', () => {
  it.each([
    ['AC Power', 'mains'],
    ['Battery Power', 'battery'],
    ['UPS Power', 'battery'],
  ])('%s: %s', (source, expected) => expect(parsePowerSource(PMSET(source))).toBe(expected));

  it('is not made up', () => {
    expect(() => parsePowerSource(PMSET('Steam'))).toThrow('does not say');
    expect(() => parsePowerSource('')).toThrow('does not say');
  });
});

describe('parseAvailableMemory', () => {
  it('counts pages that could be given away', () => {
    expect(parseAvailableMemory(VM_STAT)).toBe(33_000 * 16_384);
  });

  it('is not made up', () => {
    expect(() => parseAvailableMemory(VM_STAT.replace('Pages inactive', 'Pages asleep'))).toThrow('vm_stat');
    expect(() => parseAvailableMemory('')).toThrow('vm_stat');
  });
});

describe('parseProcesses', () => {
  it('takes the name off a path that may have blanks', () => {
    const text = '    1 /sbin/launchd\n 4711 /Applications/Final Cut Pro.app/Contents/MacOS/Final Cut Pro\n';
    expect(parseProcesses(text)).toEqual([
      { pid: 1, names: ['launchd'] },
      { pid: 4711, names: ['Final Cut Pro'] },
    ]);
  });
});

describe('MacSensors', () => {
  const outputs = new Map([
    ['/usr/sbin/ioreg -c IOHIDSystem -d 4', IOREG],
    ['/usr/bin/pmset -g batt', PMSET('AC Power')],
    ['/usr/bin/vm_stat ', VM_STAT],
    ['/bin/ps -axo pid=,comm=', '    1 /sbin/launchd\n'],
  ]);
  const run = async (program: string, args: readonly string[]): Promise<string> => {
    const text = outputs.get(`${program} ${args.join(' ')}`);
    if (text === undefined) throw new Error(`there is no output for ${program} ${args.join(' ')}`);
    return text;
  };

  it('see what the programs print', async () => {
    const folder = await makeTempFolder('mac-sensors');
    await writeFileTree(folder, { console: '' });
    const sensors = new MacSensors(folder, run, join(folder, 'console'));
    const { sessions, inputAgeSeconds } = await sensors.readPresence();
    expect(inputAgeSeconds).toEqual(known(12.5));
    // The file is ours: no session where the tests run as the superuser.
    expect(sessions.map(({ user }) => user)).toEqual(
      process.getuid?.() === 0 ? [] : [`uid ${process.getuid?.()}`],
    );
    expect(await sensors.readPower()).toBe('mains');
    expect(await sensors.readProcesses()).toEqual([{ pid: 1, names: ['launchd'] }]);
    const { usedBytes, totalBytes } = await sensors.readMemory();
    expect(usedBytes).toBe(Math.max(0, totalBytes - 33_000 * 16_384));
    await removeFolder(folder);
  });
});
