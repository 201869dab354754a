import { describe, expect, it } from '@jest/globals';
import { judgeEngine } from './engine-suitability.js';

describe('judgeEngine', () => {
  it('is content with a Linux engine that limits everything', () => {
    const facts = { OSType: 'linux', MemoryLimit: true, CpuCfsQuota: true, PidsLimit: true };
    expect(judgeEngine(facts)).toEqual({ warnings: [] });
  });

  it('warns of each limit that is missing', () => {
    const { warnings } = judgeEngine({
      OSType: 'linux',
      MemoryLimit: false,
      CpuCfsQuota: true,
      PidsLimit: false,
    });
    expect(warnings).toEqual([
      expect.stringContaining('limit memory'),
      expect.stringContaining('limit the number of processes'),
    ]);
  });

  it.each([
    [['name=apparmor', 'name=seccomp,profile=default'], undefined, []],
    [['name=seccomp,profile=builtin', 'name=cgroupns'], undefined, []],
    [['name=seccomp,profile=/etc/docker/seccomp.json'], undefined, []],
    [['name=apparmor'], undefined, [expect.stringContaining('no seccomp')]],
    [['name=seccomp,profile=unconfined'], expect.stringContaining('unconfined'), []],
  ])('of the security options %j', (SecurityOptions, problem, warnings) => {
    expect(judgeEngine({ SecurityOptions })).toEqual({ ...(problem && { problem }), warnings });
  });

  it('warns when weights have no effect', () => {
    expect(judgeEngine({ CPUShares: false }).warnings).toEqual([expect.stringContaining('cpuWeight')]);
  });

  it('does not ask a Windows engine for limits that it has by other names', () => {
    expect(judgeEngine({ OSType: 'windows', MemoryLimit: false, PidsLimit: false })).toEqual({
      warnings: [],
    });
  });

  it('has no use for containers of another kind', () => {
    expect(judgeEngine({ OSType: 'plan9' }).problem).toContain('plan9 containers');
  });
});
