import { ScriptedMachineSensors } from '../../support/doubles/scripted-machine-sensors.js';
import { machineSensorsContract } from './machine-sensors-contract.js';

let latest: ScriptedMachineSensors;

machineSensorsContract({
  name: 'ScriptedMachineSensors',
  create: () => (latest = new ScriptedMachineSensors()),
  burn: (seconds) => {
    const { busySeconds, totalSeconds } = latest.state.cpu;
    latest.state.cpu = { busySeconds: busySeconds + seconds, totalSeconds: totalSeconds + 2 * seconds };
  },
});
