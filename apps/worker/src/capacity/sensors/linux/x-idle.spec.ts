import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileTree } from '../../../../../../test/support/file-tree.js';
import { makeTempFolder, removeFolder } from '../../../../../../test/support/temp-folder.js';
import { runProgram } from '../run-program.js';
import { keyFileIn, parseXIdle, XIdle } from './x-idle.js';

const XORG = ['/usr/lib/xorg/Xorg', 'vt2', ':0', '-auth', '/run/user/120/gdm/Xauthority', '-noreset', ''];

describe('keyFileIn', () => {
  it.each([
    ['the display’s server', XORG, '/run/user/120/gdm/Xauthority'],
    ['another display’s', XORG.map((arg) => (arg === ':0' ? ':1' : arg)), null],
    ['a server without a key', ['/usr/bin/X', ':0'], null],
    ['a relative path', ['Xvnc', ':0', '-auth', '.Xauthority'], null],
    ['another program', ['/usr/bin/xterm', ':0', '-auth', '/x'], null],
  ])('of %s', (_, args, path) => expect(keyFileIn(args.join('\0'), ':0')).toBe(path));
});

describe('parseXIdle', () => {
  it.each([
    ['1234\n', 1.234],
    ["couldn't open display", null],
    ['', null],
    ['-5', null],
  ])('%j', (text, seconds) => expect(parseXIdle(text)).toBe(seconds));
});

describe('XIdle', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeTempFolder('x-idle');
    await writeFileTree(folder, {
      'proc/812/cmdline': XORG.join('\0'),
      'proc/1/cmdline': '/sbin/init\0',
      xprintidle: '#!/bin/sh\n[ "$DISPLAY $XAUTHORITY" = ":0 /run/user/120/gdm/Xauthority" ] && echo 2500\n',
    });
    await chmod(join(folder, 'xprintidle'), 0o755);
  });
  afterAll(() => removeFolder(folder));

  it('asks the display with its server’s key', async () => {
    const xIdle = new XIdle(join(folder, 'proc'), join(folder, 'xprintidle'), runProgram);
    expect(await xIdle.ageSeconds(':0')).toBe(2.5);
    expect(await xIdle.ageSeconds(':0')).toBe(2.5);
  });

  it('knows nothing of a display without a server, without the program, or when it fails', async () => {
    const xIdle = new XIdle(join(folder, 'proc'), join(folder, 'xprintidle'), runProgram);
    expect(await xIdle.ageSeconds(':7')).toBeNull();
    const without = new XIdle(join(folder, 'proc'), join(folder, 'nothing'), runProgram);
    expect(await without.ageSeconds(':0')).toBeNull();
    const failing = new XIdle(join(folder, 'proc'), join(folder, 'xprintidle'), () =>
      Promise.reject(new Error('no display')),
    );
    expect(await failing.ageSeconds(':0')).toBeNull();
  });
});
