import { describe, expect, it } from '@jest/globals';
import { windowsEngine } from './windows-engine.js';

const server2022 = { OSType: 'windows', OSVersion: '10.0.20348', Isolation: 'process', NCPU: 4 };
const spec = {
  id: 'c-1',
  token: 'secret',
  packageFolder: 'C:\\ProgramData\\Nightjar\\packages\\abc',
  environment: {},
  limits: { memoryBytes: 268_435_456, cpus: 0.5, cpuWeight: 100, pids: 64, tmpBytes: 1_000_000 },
  network: { policy: 'outbound' as const },
  channelPort: 50051,
  maxMessageBytes: 1024,
  appVersionId: 'v-1',
};
const facts = { networkId: 'nat-1', extraHosts: [] };

describe('windowsEngine', () => {
  const dialect = windowsEngine(server2022, 'default');

  it('asks for nothing that a Windows engine refuses', () => {
    expect(dialect.hostConfig(spec, facts)).toEqual({
      Isolation: 'process',
      Memory: 268_435_456,
      NanoCpus: 500_000_000,
      Mounts: [
        {
          Type: 'bind',
          Source: 'C:\\ProgramData\\Nightjar\\packages\\abc',
          Target: 'C:\\home\\site\\wwwroot',
          ReadOnly: true,
        },
      ],
      NetworkMode: 'nat-1',
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      LogConfig: { Type: 'none', Config: {} },
    });
  });

  it('never runs functions as an administrator', () => {
    expect(dialect.user).toBe('ContainerUser');
  });

  it.each([
    ['process', 'default', 'process', false],
    ['hyperv', 'default', 'hyperv', true],
    ['process', 'hyperv', 'hyperv', true],
    ['hyperv', 'process', 'process', false],
    [undefined, 'default', 'process', false],
  ] as const)(
    'with %s as the engine’s default and the setting %s isolates by %s (pause: %s)',
    (engine, setting, isolation, canPause) => {
      const own = windowsEngine({ OSType: 'windows', ...(engine ? { Isolation: engine } : {}) }, setting);
      expect(own.hostConfig(spec, facts).Isolation).toBe(isolation);
      expect(own.canPause).toBe(canPause);
    },
  );

  it.each([
    ['process', 0.5, 20348, { NanoCpus: 500_000_000 }],
    ['process', 2, 20348, { NanoCpus: 2_000_000_000 }],
    ['process', 0.333, 20348, { NanoCpus: 330_000_000 }],
    ['process', 8, 20348, { NanoCpus: 4_000_000_000 }],
    ['hyperv', 2, 20348, { CpuCount: 2 }],
    ['hyperv', 1.5, 20348, { NanoCpus: 1_500_000_000 }],
    ['hyperv', 1.5, 14393, { CpuCount: 2 }],
    ['hyperv', 8, 20348, { CpuCount: 4 }],
  ] as const)('limits processors under %s isolation: %d on build %d', (isolation, cpus, build, expected) => {
    const own = windowsEngine({ ...server2022, OSVersion: `10.0.${build}` }, isolation);
    const { NanoCpus, CpuCount } = own.hostConfig({ ...spec, limits: { ...spec.limits, cpus } }, facts);
    expect(JSON.parse(JSON.stringify({ NanoCpus, CpuCount }))).toEqual(expected);
  });

  it('says why a network mode can not be kept', () => {
    expect(dialect.networkProblem('outbound')).toBeUndefined();
    expect(dialect.networkProblem('none')).toContain('"none" can not be kept');
  });
});
