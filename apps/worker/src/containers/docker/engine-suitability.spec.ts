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

  it('has no use for Windows containers', () => {
    expect(judgeEngine({ OSType: 'windows' }).problem).toContain('windows containers');
  });
});
