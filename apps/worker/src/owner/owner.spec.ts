import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyOf } from '../../../../test/support/capacity.js';
import { makeTempFolder, removeFolder } from '../../../../test/support/temp-folder.js';
import { OwnerOrderFile, snoozePath } from '../capacity/control/owner-order.js';
import { OwnerStatusFile, type OwnerStatusFacts } from '../capacity/control/owner-status.js';
import { owner } from './owner.js';
import { parseOwnerOptions } from './owner-options.js';

describe('owner', () => {
  let root: string;
  let folder: string;
  let laterMs: number;
  beforeEach(async () => {
    laterMs = 0;
    root = await makeTempFolder('owner');
    folder = join(root, 'not-made-yet');
  });
  afterEach(() => removeFolder(root));

  const run = async (...flags: string[]): Promise<string> => {
    let text = '';
    const nowMs = (): number => Date.now() + laterMs;
    const options = parseOwnerOptions(flags, new Date(nowMs()));
    await owner({ options, folder, nowMs, write: (more) => (text += more) });
    return text;
  };
  const tell = (facts: Partial<OwnerStatusFacts> = {}): OwnerStatusFile =>
    new OwnerStatusFile(folder, () => ({
      offer: { state: 'claimed/suspended', reason: 'USER_ACTIVE', isOpen: false },
      sinceMs: performance.now() - 300_000,
      owner: { kind: 'offered' },
      work: [{ kind: 'chunk', functionName: 'processInvoice', sinceMs: performance.now() - 5_000 }],
      lastRelease: { reason: 'USER_ACTIVE', by: 'suspend', seconds: 1.24 },
      profile: { policy: policyOf({ profile: 'desktop-suspend' }), profile: 'desktop-suspend', acts: true },
      ...facts,
    }));

  it('says what runs, why, and how long its owner waited', async () => {
    await run('--snooze', '1h');
    await run('--snooze', 'off');
    await tell().write();
    expect((await run()).split('\n')).toEqual([
      'this machine        claimed/suspended for 5 min: work is paused (USER_ACTIVE)',
      'snooze              off',
      'when you are there  work is paused',
      'runs here           processInvoice (chunk, 5 s)',
      'you last waited     1.2 s for the processor (suspend, USER_ACTIVE)',
      'this week           nothing is known of it',
      '',
    ]);
  });

  it('says the same as JSON', async () => {
    await run('--snooze', 'never');
    await tell({ offer: null, sinceMs: null, work: [], lastRelease: null }).write();
    expect(JSON.parse(await run('--json'))).toMatchObject({
      status: { state: null, reason: null, seconds: null, work: [], lastRelease: null },
      snooze: { until: 'never' },
    });
  });

  it('says when the worker is not there', async () => {
    expect(await run()).toContain('the worker does not run');
    await run('--snooze', 'never');
    const status = tell();
    await status.write();
    expect(await run()).not.toContain('the worker does not run');
    laterMs = 31_000;
    expect(await run()).toContain('the worker does not run');
    laterMs = 0;
    await status.remove();
    expect(await run()).toContain('the worker does not run');
  });

  it('writes what the worker reads', async () => {
    const order = new OwnerOrderFile(folder);
    await run('--snooze', '1h');
    await order.read();
    expect(order.latest).toMatchObject({ kind: 'snoozed' });
    expect(await run()).toContain('until ');
    laterMs = 3_700_000;
    expect(await run()).toMatch(/snooze +off/);
    await run('--snooze', 'off');
    await order.read();
    expect(order.latest).toEqual({ kind: 'offered' });
  });

  it('says when what stands in the file is not understood', async () => {
    await run('--snooze', 'never');
    await writeFile(snoozePath(folder), 'later');
    expect(await run()).toContain('not understood: no work is taken');
  });
});
