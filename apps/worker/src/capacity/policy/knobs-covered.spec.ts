import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { policyOf } from '../../../../../test/support/capacity.js';

const KNOBS = 'apps/worker/src/capacity/policy/knobs.spec.ts';
const EYE = 'apps/worker/src/capacity/control/machine-eye.spec.ts';
const CONTROL = 'apps/worker/src/capacity/control/capacity-control.spec.ts';
const CPU = 'test/contract/containers/cpu-limits.spec.ts';
const FAIRNESS = 'libs/shared/src/domain/capacity/fair-share.spec.ts';

/** Where each knob is shown to do what the guide says of it: a spec, and words of the test's name. */
const COVERED: Readonly<Record<keyof CapacityPolicy, readonly (readonly [spec: string, name: string])[]>> = {
  whenOwnerActive: [[KNOBS, 'whenOwnerActive']],
  initialDelaySeconds: [[KNOBS, 'initialDelaySeconds']],
  startIdleSeconds: [[KNOBS, 'startIdleSeconds']],
  continueIdleSeconds: [[KNOBS, 'continueIdleSeconds']],
  keyboardBusySeconds: [[KNOBS, 'keyboardBusySeconds']],
  letSleepAfterSeconds: [[KNOBS, 'letSleepAfterSeconds']],
  foreignCpuBusyPercent: [[KNOBS, 'foreignCpuBusyPercent']],
  foreignCpuIdlePercent: [
    [KNOBS, 'foreignCpuIdlePercent'],
    [KNOBS, 'foreignCpuIdlePercent of suspended work'],
  ],
  cpuBusySeconds: [[KNOBS, 'cpuBusySeconds']],
  hysteresisSeconds: [
    [KNOBS, 'hysteresisSeconds'],
    [KNOBS, 'hysteresisSeconds of suspended work'],
  ],
  maxSuspendSeconds: [[KNOBS, 'maxSuspendSeconds']],
  maxVacateSeconds: [
    [KNOBS, 'maxVacateSeconds of a desktop'],
    [KNOBS, 'maxVacateSeconds of a server'],
  ],
  maxKillSeconds: [
    [KNOBS, 'maxKillSeconds'],
    [CONTROL, 'is quarantined while its containers do not go'],
  ],
  memoryOwnerActivePercent: [
    [KNOBS, 'memoryOwnerActivePercent'],
    [CONTROL, 'allows its containers a share of the memory'],
  ],
  memoryOwnerIdlePercent: [[KNOBS, 'memoryOwnerIdlePercent']],
  runOnBattery: [[KNOBS, 'runOnBattery']],
  exclusiveApps: [
    [KNOBS, 'exclusiveApps'],
    [EYE, 'looks anew only when other applications are exclusive'],
  ],
  exclusiveAppCheckSeconds: [[EYE, 'looks for exclusive applications as often as the policy says']],
  diskKeepFreeBytes: [[KNOBS, 'diskKeepFreeBytes']],
  diskKeepFreePercent: [[KNOBS, 'diskKeepFreePercent']],
  hours: [[KNOBS, 'hours']],
  timeZone: [[KNOBS, 'timeZone']],
  stopStartingBeforeEndSeconds: [[KNOBS, 'stopStartingBeforeEndSeconds']],
  evictBeforeEndSeconds: [[KNOBS, 'evictBeforeEndSeconds']],
  heartbeatSeconds: [[KNOBS, 'heartbeatSeconds and offlineAfterMissedHeartbeats']],
  offlineAfterMissedHeartbeats: [[KNOBS, 'heartbeatSeconds and offlineAfterMissedHeartbeats']],
  fairShareHalfLifeHours: [[FAIRNESS, 'counts half after a half-life']],
  fairSharePreemptAfterSeconds: [[KNOBS, 'fairSharePreemptAfterSeconds and fairSharePreemptFactor']],
  fairSharePreemptFactor: [[KNOBS, 'fairSharePreemptAfterSeconds and fairSharePreemptFactor']],
  cpuPriority: [
    [CONTROL, 'limits containers as the policy says, and as it says later'],
    [CPU, 'goes to the programs of the owner first where the priority is low'],
  ],
  cpuCapPercent: [
    [CONTROL, 'limits containers as the policy says, and as it says later'],
    [CPU, 'is capped for all together'],
  ],
};

describe('of all knobs', () => {
  it('none is left out', () => {
    expect(Object.keys(COVERED).toSorted()).toEqual(Object.keys(policyOf()).toSorted());
  });

  it.each(Object.entries(COVERED))('%s has a test: %j', async (_knob, tests) => {
    // Tests run from the repository's root.
    const missing = [];
    for (const [spec, name] of tests)
      if (!(await readFile(join(process.cwd(), spec), 'utf8')).includes(name)) missing.push([spec, name]);
    expect(missing).toEqual([]);
  });
});
