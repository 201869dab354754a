import { describe, expect, it } from '@jest/globals';
import type { PolicyKnobs, PolicyScope } from '#shared/domain/machine-policy.js';
import type { Machine } from '#shared/domain/machine.js';
import { problemsOfChange } from './policy-change.js';

const machine = (name: string, more: Partial<Machine> = {}): Machine => ({
  id: name,
  name,
  os: 'linux',
  pool: 'default',
  runtime: 'docker',
  state: 'ready',
  reason: '',
  cores: 8,
  memoryBytes: 1,
  slots: 8,
  slotsBusy: 0,
  busySeconds: 0,
  attributes: null,
  capacity: null,
  lastSeenAt: new Date(0),
  labels: {},
  drain: null,
  revokedAt: null,
  ...more,
});
const policy = (scope: PolicyScope, name: string, knobs: PolicyKnobs) => ({ scope, name, knobs });
const windows = { osBuild: null, isolation: 'process', engineVersion: null };

describe('problemsOfChange', () => {
  it('finds none where the layers go together', () => {
    const change = policy('pool', 'default', { profile: 'desktop-suspend' });
    expect(problemsOfChange(change, [], [machine('a')])).toEqual([]);
  });

  it('finds what clashes with a layer of some machine, and says with which knobs and layers', () => {
    const standing = [policy('machine', 'a', { maxVacateSeconds: 300 })];
    const change = policy('pool', 'default', { profile: 'desktop-vacate' });
    expect(problemsOfChange(change, standing, [machine('a'), machine('b')])).toEqual([
      expect.stringMatching(
        /^a: whenOwnerActive "vacate" \(profile desktop-vacate\) and maxVacateSeconds 300 \(machine\): an owner/,
      ),
    ]);
  });

  it('counts the machines that a problem concerns', () => {
    const standing = [policy('group', 'slow', { maxVacateSeconds: 300 })];
    const change = policy('pool', 'default', { profile: 'desktop-suspend' });
    const machines = ['a', 'b', 'c'].map((name) => machine(name, { labels: { slow: '' } }));
    expect(problemsOfChange(change, standing, machines)).toEqual([
      expect.stringMatching(/^a and 2 more: whenOwnerActive "suspend" .* maxVacateSeconds 300 \(group\)/),
    ]);
  });

  it.each([
    ['another pool', { pool: 'other' }],
    ['a machine whose key was taken', { state: 'revoked' }],
  ] as const)('leaves out %s', (_what, more) => {
    const standing = [policy('group', 'slow', { maxVacateSeconds: 300 })];
    const change = policy('pool', 'default', { profile: 'desktop-suspend' });
    expect(problemsOfChange(change, standing, [machine('a', { labels: { slow: '' }, ...more })])).toEqual([]);
  });

  it('lets a pool suspend in which some engine can not pause: its worker vacates', () => {
    const change = policy('pool', 'default', { profile: 'desktop-suspend' });
    const attributes = { ...windows, canPause: false };
    expect(problemsOfChange(change, [], [machine('a', { os: 'windows', attributes })])).toEqual([]);
  });

  it("minds the worker's own settings", () => {
    const attributes = { ...windows, localPolicy: { profile: 'desktop-vacate' } };
    const change = policy('machine', 'a', { maxVacateSeconds: 300 });
    expect(problemsOfChange(change, [], [machine('a', { attributes })])).toHaveLength(1);
    expect(problemsOfChange(change, [], [machine('a')])).toEqual([]);
  });

  it('does not refuse what was wrong before, nor the step that mends it', () => {
    const standing = [
      policy('pool', 'default', { profile: 'desktop-vacate' }),
      policy('machine', 'a', { maxVacateSeconds: 300 }),
    ];
    const machines = [machine('a')];
    expect(problemsOfChange(policy('group', 'x', { cpuCapPercent: 9 }), standing, machines)).toEqual([]);
    expect(problemsOfChange({ scope: 'machine', name: 'a', knobs: null }, standing, machines)).toEqual([]);
  });

  it('finds what a removal would leave wrong', () => {
    const standing = [
      policy('pool', 'default', { profile: 'desktop-vacate' }),
      policy('group', 'site', { maxVacateSeconds: 300 }),
      policy('machine', 'a', { maxVacateSeconds: 30 }),
    ];
    const machines = [machine('a', { labels: { site: '' } })];
    expect(problemsOfChange({ scope: 'machine', name: 'a', knobs: null }, standing, machines)).toHaveLength(
      1,
    );
  });
});
