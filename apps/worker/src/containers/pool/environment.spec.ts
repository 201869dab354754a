import { describe, expect, it } from '@jest/globals';
import { canReplaceEnvironment, environmentOf } from './environment.js';

describe('canReplaceEnvironment', () => {
  it('is true of what an app has by itself', () => {
    expect(canReplaceEnvironment(environmentOf('shop'))).toBe(true);
    expect(canReplaceEnvironment({ CONNECTION: 'a', LANGUAGE_OF_SHOP: 'de' })).toBe(true);
  });

  it.each(['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'UV_THREADPOOL_SIZE', 'LANG', 'LC_ALL', 'LD_PRELOAD'])(
    'is false of %s, which is read when a process starts',
    (name) => {
      expect(canReplaceEnvironment({ [name]: 'x' })).toBe(false);
    },
  );
});
