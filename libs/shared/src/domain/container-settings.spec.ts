import { describe, expect, it } from '@jest/globals';
import {
  clampedSettings,
  effectiveSettings,
  settingsKey,
  targetText,
  type CompleteContainerSettings,
  type ContainerCaps,
  type NetworkAccess,
} from './container-settings.js';

const defaults: CompleteContainerSettings = {
  memoryBytes: 500,
  cpus: 1,
  cpuWeight: 100,
  pids: 256,
  tmpBytes: 64,
  network: { policy: 'outbound' },
};
const caps: ContainerCaps = { memoryBytes: 1000, cpus: 2, pids: 512, tmpBytes: 128, network: 'outbound' };
const list: NetworkAccess = {
  policy: 'allowList',
  allow: [{ host: 'db.internal', firstPort: 1433, lastPort: 1433 }],
};

describe('effectiveSettings', () => {
  it('are the machine’s where the app says nothing', () => {
    expect(effectiveSettings({}, defaults, caps)).toEqual(defaults);
  });

  it('are the app’s within the machine’s caps', () => {
    const app = { memoryBytes: 800, cpus: 0.5, cpuWeight: 10, pids: 64, tmpBytes: 100, network: list };
    expect(effectiveSettings(app, defaults, caps)).toEqual(app);
    const greedy = { memoryBytes: 8000, cpus: 16, cpuWeight: 1000, pids: 9999, tmpBytes: 4000 };
    expect(effectiveSettings(greedy, defaults, caps)).toEqual({
      ...{ memoryBytes: 1000, cpus: 2, cpuWeight: 1000, pids: 512, tmpBytes: 128 },
      network: { policy: 'outbound' },
    });
  });

  it('give no more files than memory, which they are made of', () => {
    expect(effectiveSettings({ memoryBytes: 50 }, defaults, caps).tmpBytes).toBe(50);
  });

  it.each([
    ['outbound', 'outbound', 'outbound'],
    ['outbound', 'allowList', 'none'],
    ['outbound', 'none', 'none'],
    ['allowList', 'allowList', 'allowList'],
    ['allowList', 'none', 'none'],
    ['none', 'outbound', 'none'],
  ] as const)('give an app with "%s" on a machine with at most "%s" "%s"', (wanted, most, given) => {
    const network = wanted === 'allowList' ? list : { policy: wanted };
    const effective = effectiveSettings({ network }, defaults, { ...caps, network: most });
    expect(effective.network.policy).toBe(given);
  });
});

describe('clampedSettings', () => {
  it('names each that is over a cap, with both values', () => {
    const greedy = { memoryBytes: 8000, cpus: 2, pids: 513, network: list };
    expect(clampedSettings(greedy, { ...caps, network: 'none' })).toEqual([
      { setting: 'memoryBytes', wanted: 8000, given: 1000 },
      { setting: 'pids', wanted: 513, given: 512 },
      { setting: 'network', wanted: 'allowList', given: 'none' },
    ]);
  });

  it('is empty within the caps', () => {
    expect(clampedSettings({}, caps)).toEqual([]);
    expect(clampedSettings({ memoryBytes: 1000, network: { policy: 'outbound' } }, caps)).toEqual([]);
  });
});

describe('settingsKey', () => {
  it('tells settings apart, whatever the order they are written in', () => {
    expect(settingsKey({ cpus: 1, pids: 16 })).toBe(settingsKey({ pids: 16, cpus: 1 }));
    const keys = [{}, { cpus: 1 }, { pids: 1 }, { network: list }, { network: { policy: 'none' } as const }];
    expect(new Set(keys.map(settingsKey)).size).toBe(keys.length);
  });
});

describe('targetText', () => {
  it('is what people write', () => {
    expect(targetText({ host: 'a.b', firstPort: 443, lastPort: 443 })).toBe('a.b:443');
    expect(targetText({ host: '10.0.0.0/8', firstPort: 1, lastPort: 9 })).toBe('10.0.0.0/8:1-9');
  });
});
