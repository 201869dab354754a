import { describe, expect, it } from '@jest/globals';
import { createMachineSensors } from './create-machine-sensors.js';
import { LinuxSensors } from './linux/linux-sensors.js';
import { MacSensors } from './mac/mac-sensors.js';

describe('createMachineSensors', () => {
  it('gives each system its own', async () => {
    expect(await createMachineSensors('linux', '.')).toBeInstanceOf(LinuxSensors);
    expect(await createMachineSensors('darwin', '.')).toBeInstanceOf(MacSensors);
  });

  it('says for which systems there are none', async () => {
    await expect(createMachineSensors('aix', '.')).rejects.toThrow('There are no sensors for aix');
  });
});
