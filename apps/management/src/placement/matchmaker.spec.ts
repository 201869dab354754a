import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JOB_VERSION, jobSchema, MATCHED_JOB_VERSION, type InvocationJob } from '#shared/contracts/jobs.js';
import { UnavailableError } from '#shared/domain/errors.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { placementKey, type Placement } from '#shared/domain/placement.js';
import { newMachine } from '../../../../test/contract/store/samples.js';
import { matchmakerOver } from '../../../../test/support/matchmaker.js';
import {
  activateApp,
  functionWith,
  openTempStores,
  type TempStores,
} from '../../../../test/support/temp-stores.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { warmJob } from '../dispatch/job-making.js';
import type { Matchmaker } from './matchmaker.js';

const SETTINGS = {
  pool: 'default',
  os: 'linux',
  reconcileIntervalSeconds: 60,
  reconcileSilentSeconds: 0,
  maxDispatches: 5,
} as const;

describe('Matchmaker', () => {
  let stores: TempStores;
  let version: AppVersion;
  let catalogue: Catalogue;
  let matchmaker: Matchmaker;

  beforeEach(async () => {
    stores = await openTempStores('matchmaker');
    version = await activateApp(stores, 'shop', [functionWith('hello', { type: 'httpTrigger' })]);
    catalogue = new Catalogue(stores.catalogue, stores.placements);
    matchmaker = matchmakerOver(stores, SETTINGS, catalogue);
    await catalogue.refresh();
  });

  afterEach(() => stores.dispose());

  const place = async (placement: Placement, functionName = 'hello'): Promise<void> => {
    const key = placementKey(version.appId, functionName);
    await stores.placements.put({ ...key, placement, changedBy: 'Ada' });
    await catalogue.refresh();
  };
  const machine = async (more: Parameters<typeof newMachine>[0] = {}): Promise<string> => {
    const report = newMachine(more);
    await stores.machines.heartbeat(report, 3600);
    return report.id;
  };
  const job = (functionName = 'hello'): InvocationJob => ({
    version: JOB_VERSION,
    kind: 'invocation',
    id: newId(),
    appId: version.appId,
    appVersionId: version.id,
    functionName,
    trigger: 'queue',
    input: { kind: 'queue', message: 'm' },
    acceptedAt: 1,
    dispatchCount: 1,
  });
  const work = (functionName = 'hello') => ({ appId: version.appId, functionName });

  it('leaves a job as it is whose function asks nothing', () => {
    const plain = job();
    expect(matchmaker.placed(plain)).toBe(plain);
  });

  it('gives a job what its function asks, whatever the case of its name', async () => {
    await place({ requirements: 'cores >= 4', rank: 'cores' }, 'HELLO');
    const placed = matchmaker.placed(job('Hello'));
    expect(placed).toMatchObject({ version: MATCHED_JOB_VERSION, requirements: 'cores >= 4', rank: 'cores' });
    expect(jobSchema.parse(placed)).toEqual(placed);
  });

  it('needs no newer worker for a rank alone', async () => {
    await place({ rank: 'cores' });
    expect(matchmaker.placed(job())).toMatchObject({ version: JOB_VERSION, rank: 'cores' });
  });

  it('warms for each kind of machines that functions ask for, once', async () => {
    await place({ requirements: 'cores >= 4' }, 'big');
    await place({ requirements: 'cores >= 4' }, 'huge');
    const warm = warmJob(version.id, new Date(1));
    const jobs = matchmaker.placedWarmings(warm, version.appId, ['big', 'hello', 'huge', 'other']);
    expect(jobs.map(({ requirements }) => requirements)).toEqual(['cores >= 4', undefined]);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(2);
    expect(jobs.map((one) => jobSchema.safeParse(one).success)).toEqual([true, true]);
  });

  it('refuses a call that no machine of the pool may run, and names no machine', async () => {
    await place({ requirements: 'cores >= 64' });
    await machine({ name: 'secret-desk', cores: 8 });
    await machine({ pool: 'other', cores: 128 });
    const refused = matchmaker.refuseImpossible(work());
    await expect(refused).rejects.toBeInstanceOf(UnavailableError);
    await expect(refused).rejects.toThrow(
      /^No machine of the pool "default" meets what the function "hello" requires \(cores >= 64\)/,
    );
    await expect(refused).rejects.not.toThrow(/secret-desk/);
  });

  it.each([
    ['a machine that may run it is away', { cores: 64, state: 'unhealthy' }],
    ['a machine may run it', { cores: 64 }],
  ] as const)('takes a call when %s', async (_what, more) => {
    await place({ requirements: 'cores >= 64' });
    await machine({ cores: 8 });
    await machine(more);
    await expect(matchmaker.refuseImpossible(work())).resolves.toBeUndefined();
  });

  it('takes a call of which nobody can say whether it will be run', async () => {
    await place({ requirements: 'cores >= 64' });
    await expect(matchmaker.refuseImpossible(work())).resolves.toBeUndefined();
    await stores.store.close();
    await expect(matchmaker.refuseImpossible(work())).resolves.toBeUndefined();
  });

  it('says why queued work waits, by the labels and the profile that machines have', async () => {
    await place({ requirements: 'labels.site == "berlin" && profile == "dedicated"' });
    const id = await machine({ name: 'desk' });
    expect(await matchmaker.whyWaiting(work('other'))).toBeNull();
    expect((await matchmaker.whyWaiting(work()))?.message).toContain(
      'desk: labels.site == "berlin" is not met: the machine has no label site.',
    );
    await stores.machines.setLabels(id, { site: 'berlin' });
    await stores.policies.put({
      scope: 'machine',
      name: id,
      knobs: { profile: 'background' },
      changedBy: '',
    });
    const later = matchmakerOver(stores, SETTINGS, catalogue);
    expect((await later.whyWaiting(work()))?.message).toContain(
      'desk: profile == "dedicated" is false: profile is "background".',
    );
    expect(await later.whyWaiting({ ...work(), pool: 'empty' })).toBeNull();
  });

  it('has a package looked into where the functions of the active version may run', async () => {
    const index = async () => {
      const placed = await matchmaker.placedIndexing(
        {
          version: JOB_VERSION,
          kind: 'index',
          id: newId(),
          packageDigest: 'a',
          packageSizeBytes: 1,
          replyTo: 'r',
          deadlineAt: 1,
        },
        version.appId,
      );
      return placed.requirements;
    };
    expect(await index()).toBeUndefined();
    await place({ requirements: 'cores >= 4' });
    // Of a function that the active version has not.
    await place({ requirements: 'cores >= 64' }, 'older');
    expect(await index()).toBe('cores >= 4');
  });
});
