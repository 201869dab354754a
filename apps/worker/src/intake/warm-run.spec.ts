import { describe, expect, it } from '@jest/globals';
import { JOB_VERSION, type WarmJob } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import { versionOf } from '../../../../test/support/doubles/pool-under-test.js';
import { runWarm, type WarmTools } from './warm-run.js';

const job = (deadlineAt: number): WarmJob => ({
  version: JOB_VERSION,
  kind: 'warm',
  id: newId(),
  appVersionId: 'v',
  deadlineAt,
});

function tools(warm: () => Promise<boolean>): { tools: WarmTools; warmed: string[] } {
  const warmed: string[] = [];
  const pool: WarmTools['pool'] = {
    warm: (version) => {
      warmed.push(version.id);
      return warm();
    },
  };
  const appSettings: WarmTools['appSettings'] = { equip: async (version) => version };
  return { tools: { versions: { find: async (id) => versionOf(id) }, appSettings, pool }, warmed };
}

describe('runWarm', () => {
  it('has a container of the version ready', async () => {
    const { tools: given, warmed } = tools(async () => true);
    expect(await runWarm(given, job(Date.now() + 60_000))).toBe('done');
    expect(warmed).toEqual(['v']);
  });

  it('comes too late to be of use', async () => {
    const { tools: given, warmed } = tools(async () => true);
    expect(await runWarm(given, job(Date.now() - 1))).toBe('done');
    expect(warmed).toEqual([]);
  });

  it('is done with it whatever happens: it is no work', async () => {
    const { tools: given } = tools(() => Promise.reject(new Error('the engine is away')));
    expect(await runWarm(given, job(Date.now() + 60_000))).toBe('done');
  });
});
