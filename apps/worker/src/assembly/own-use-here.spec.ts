import { describe, expect, it } from '@jest/globals';
import type { ContainerUse, RunningContainer } from '../containers/container-runtime.js';
import { functionsUse, ownUse } from './own-use-here.js';

/** None of this machine's control groups is theirs, as where the engine runs in a virtual machine. */
function runtimeOf(isHere: boolean, uses: readonly (ContainerUse | null | Error)[]) {
  const containers = uses.map((use, index) => ({
    engineId: `engine-${index}`,
    readUse: () => (use instanceof Error ? Promise.reject(use) : Promise.resolve(use)),
  }));
  return { isHere, containers: containers as unknown as RunningContainer[] };
}

const USE = { cpuSeconds: 7, memoryBytes: 70 };
const PART = { id: 'engine-0', ...USE, pids: [] };

describe('ownUse', () => {
  it('asks the engine for what this machine has no control group of', async () => {
    const parts = await ownUse(runtimeOf(true, [USE, null]))();
    expect(parts.filter(({ id }) => id.startsWith('engine'))).toEqual([PART]);
    expect(parts.some(({ pids }) => pids.includes(process.pid))).toBe(true);
  });

  it("takes nothing off for containers of another machine's engine", async () => {
    const parts = await ownUse(runtimeOf(false, [USE]))();
    expect(parts.some(({ id }) => id.startsWith('engine'))).toBe(false);
    expect(parts.some(({ pids }) => pids.includes(process.pid))).toBe(true);
  });

  it('fails as a whole when one that lives can not be read', async () => {
    await expect(ownUse(runtimeOf(true, [USE, new Error('away')]))()).rejects.toThrow('away');
  });
});

describe('functionsUse', () => {
  it.each([true, false])(
    'is what containers use, wherever they are (here: %s), without this process',
    async (isHere) => {
      const parts = await functionsUse(runtimeOf(isHere, [USE]))();
      expect(parts).toContainEqual(PART);
      expect(parts.some(({ pids }) => pids.includes(process.pid))).toBe(false);
    },
  );
});
