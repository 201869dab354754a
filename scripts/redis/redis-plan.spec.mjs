import { describe, expect, it } from '@jest/globals';
import { waysToRedis } from './redis-plan.mjs';

const nothing = {
  redisUrl: undefined,
  serverProgram: undefined,
  dockerAnswers: false,
  canInstallPackages: false,
};
const everything = {
  redisUrl: 'redis://db:6379',
  serverProgram: '/usr/bin/redis-server',
  dockerAnswers: true,
  canInstallPackages: true,
};

describe('waysToRedis', () => {
  it('takes the given address and no other', () => {
    expect(waysToRedis(everything)).toEqual([{ kind: 'given', url: 'redis://db:6379' }]);
  });

  it('runs the program of this machine before anything else', () => {
    expect(waysToRedis({ ...everything, redisUrl: undefined })).toEqual([
      { kind: 'program', program: '/usr/bin/redis-server' },
    ]);
  });

  it('tries a container first and a package second where there is no program', () => {
    const facts = { ...everything, redisUrl: undefined, serverProgram: undefined };
    expect(waysToRedis(facts)).toEqual([{ kind: 'container' }, { kind: 'package' }]);
  });

  it.each([
    [{ dockerAnswers: true }, ['container']],
    [{ canInstallPackages: true }, ['package']],
    [{}, []],
  ])('with only %j there is %j', (facts, kinds) => {
    expect(waysToRedis({ ...nothing, ...facts }).map(({ kind }) => kind)).toEqual(kinds);
  });

  it('takes an empty REDIS_URL for none', () => {
    expect(waysToRedis({ ...nothing, redisUrl: '' })).toEqual([]);
  });
});
