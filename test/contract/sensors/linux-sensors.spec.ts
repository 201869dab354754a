import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LinuxSensors } from '../../../apps/worker/src/capacity/sensors/linux/linux-sensors.js';
import { waitFor } from '../../support/wait-for.js';
import { burnProcessor, machineSensorsContract } from './machine-sensors-contract.js';

machineSensorsContract({
  name: 'LinuxSensors on this machine',
  create: () => new LinuxSensors(process.cwd()),
  burn: burnProcessor,
});

describe('LinuxSensors on this machine', () => {
  let terminal: ChildProcess | undefined;
  const sensors = new LinuxSensors(process.cwd());

  afterEach(async () => {
    await sensors.close();
    if (!terminal) return;
    const gone = once(terminal, 'exit');
    terminal.kill('SIGKILL');
    await gone;
  });

  it('see input on a terminal that somebody opens', async () => {
    // `script` gives its command a terminal of its own, and passes on what is typed here.
    terminal = spawn('script', ['--quiet', '--command', 'read typed', '/dev/null'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const age = await waitFor(
      async () => {
        const { inputAgeSeconds } = await sensors.readPresence();
        return inputAgeSeconds.known && inputAgeSeconds.value < 600
          ? { seconds: inputAgeSeconds.value }
          : null;
      },
      { timeoutMs: 60_000, what: 'a terminal to count as input' },
    );
    expect(age.seconds).toBeLessThan(600);
  });
});
