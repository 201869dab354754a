import { describe, expect, it } from '@jest/globals';
import type { InvalidInputError } from '#shared/domain/errors.js';
import { checkContainerLimits, containerCaps, containerDefaults } from './container-limits.js';

const MIB = 2 ** 20;
const settings = {
  containerMemoryBytes: 512 * MIB,
  containerCpus: 1,
  containerCpuWeight: 100,
  containerPids: 256,
  containerTmpBytes: 64 * MIB,
  containerNetwork: 'outbound',
  maxContainerMemoryBytes: undefined,
  maxContainerCpus: undefined,
  maxContainerPids: undefined,
  maxContainerTmpBytes: undefined,
  maxContainerNetwork: 'outbound',
} as const;

describe('containerDefaults', () => {
  it('are the worker’s settings', () => {
    expect(containerDefaults(settings)).toEqual({
      ...{ memoryBytes: 512 * MIB, cpus: 1, cpuWeight: 100, pids: 256, tmpBytes: 64 * MIB },
      network: { policy: 'outbound' },
    });
  });
});

describe('containerCaps', () => {
  it('are half of the machine’s memory and all of its processors', () => {
    expect(containerCaps(settings, { memoryBytes: 16_384 * MIB, cores: 8 })).toEqual({
      ...{ memoryBytes: 8192 * MIB, cpus: 8, pids: 1024, tmpBytes: 1024 * MIB, network: 'outbound' },
    });
  });

  it('are never below the usual', () => {
    const small = containerCaps({ ...settings, containerCpus: 4 }, { memoryBytes: 600 * MIB, cores: 1 });
    expect(small).toMatchObject({ memoryBytes: 512 * MIB, cpus: 4 });
  });

  it('are what the operator says', () => {
    const said = { ...settings, maxContainerMemoryBytes: 1024 * MIB, maxContainerNetwork: 'none' } as const;
    expect(containerCaps(said, { memoryBytes: 16_384 * MIB, cores: 8 })).toMatchObject({
      memoryBytes: 1024 * MIB,
      network: 'none',
    });
  });
});

describe('checkContainerLimits', () => {
  const problemsOf = (changes: object): readonly string[] => {
    try {
      checkContainerLimits({ ...settings, ...changes });
      return [];
    } catch (error) {
      return (error as InvalidInputError).details;
    }
  };

  it('names both settings of a conflict', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ maxContainerPids: 100 })).toEqual([
      'containerPids (256) must not be more than maxContainerPids (100).',
    ]);
    expect(problemsOf({ containerTmpBytes: 1024 * MIB })).toEqual([
      expect.stringContaining('files in /tmp are memory'),
    ]);
  });
});
