import { describe, expect, it } from '@jest/globals';
import type { ContainerSettings } from '#shared/domain/container-settings.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { clampedLog } from './clamped-log.js';

describe('clampedLog', () => {
  it('says once what an app does not get, and again when that changes', () => {
    const lines: string[] = [];
    const log = clampedLog(
      { memoryBytes: 100, cpus: 1, pids: 16, tmpBytes: 1, network: 'none' },
      { warn: (line: string) => lines.push(line) },
    );
    const read = (container: ContainerSettings): void =>
      log({ appId: 'a', appName: 'shop', container } as AppVersion);
    read({});
    read({ memoryBytes: 200, network: { policy: 'outbound' } });
    read({ memoryBytes: 200, network: { policy: 'outbound' } });
    read({ memoryBytes: 300 });
    read({});
    expect(lines).toEqual([
      'This machine gives the containers of "shop" less than its settings ask for: memoryBytes is 100 in place of 200, ' +
        'network is none in place of outbound.',
      'This machine gives the containers of "shop" less than its settings ask for: memoryBytes is 100 in place of 300.',
      'The app "shop" gets all that its settings ask for again.',
    ]);
  });
});
