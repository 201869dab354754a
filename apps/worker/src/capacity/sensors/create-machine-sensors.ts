import { LinuxSensors } from './linux/linux-sensors.js';
import { MacSensors } from './mac/mac-sensors.js';
import { SensorBlindError, type MachineSensors } from './machine-sensors.js';
import { openWindowsCalls } from './windows/koffi-windows-calls.js';
import { WindowsSensors } from './windows/windows-sensors.js';

/**
 * The sensors of the machine that this process runs on.
 * @param dataFolder whose volume's free space counts
 * @throws {SensorBlindError} for an operating system that there are none for
 */
export async function createMachineSensors(
  platform: NodeJS.Platform,
  dataFolder: string,
): Promise<MachineSensors> {
  switch (platform) {
    case 'linux':
      return new LinuxSensors(dataFolder);
    case 'win32':
      return new WindowsSensors(await openWindowsCalls(), dataFolder);
    case 'darwin':
      return new MacSensors(dataFolder);
    default:
      throw new SensorBlindError(`There are no sensors for ${platform}: use Linux, Windows or macOS.`);
  }
}
