import { isAbsolute } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { poolSettings } from './assemble-pool.js';

const values = {
  containersMemoryShare: 0.5,
  containerConcurrency: 128,
  containerPauseSeconds: 10,
  containerIdleSeconds: 600,
  maxParallelStarts: 2,
  prewarmedContainers: 1,
  prewarmedContainersReactive: 2,
  prewarmedContainerSeconds: 120,
  reconcileGraceSeconds: 300,
  reconcileDryRun: false,
};
const machine = { memoryBytes: 1000, caps: { memoryBytes: 400 } };

describe('poolSettings', () => {
  it('gives containers their share of the memory', () => {
    expect(poolSettings(values, 'data', machine).memoryBytes).toBe(500);
  });

  it('always leaves room for one container', () => {
    const small = { ...values, containersMemoryShare: 0.1 };
    expect(poolSettings(small, 'data', machine).memoryBytes).toBe(400);
  });

  it('names the folder of code as container engines want it', () => {
    expect(isAbsolute(poolSettings(values, 'data', machine).codeFolder)).toBe(true);
  });
});
