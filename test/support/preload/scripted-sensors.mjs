// Started with `node --import`: this process' sensors show a machine with nothing to do at which somebody types while there is a file
// OWNER_TYPES, and has not typed for an hour before. While there is a file OWNER_UNSEEN (if that is set) nobody can be seen at all.
import { registerHooks } from 'node:module';

const SENSORS = `
import { existsSync } from 'node:fs';
const HOUR_SECONDS = 3600;
let typedAtMs = performance.now() - HOUR_SECONDS * 1000;
export async function createMachineSensors() {
  return {
    async readPresence() {
      if (existsSync(process.env.OWNER_UNSEEN ?? '')) throw new Error('The sensor fails, as scripted.');
      if (existsSync(process.env.OWNER_TYPES)) typedAtMs = performance.now();
      const inputAgeSeconds = { known: true, value: (performance.now() - typedAtMs) / 1000 };
      return { sessions: [], inputAgeSeconds };
    },
    async readCpuTimes() { return { busySeconds: 0, totalSeconds: performance.now() / 1000 }; },
    async readMemory() { return { usedBytes: 2 ** 33, totalBytes: 2 ** 36 }; },
    async readPower() { return 'mains'; },
    async readProcesses() { return [{ pid: 1, names: ['init'] }]; },
    async readDisk() { return { freeBytes: 2 ** 39, totalBytes: 2 ** 40 }; },
    async close() {},
  };
}
`;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('/capacity/sensors/create-machine-sensors.js')) return nextLoad(url, context);
    return { format: 'module', source: SENSORS, shortCircuit: true };
  },
});
