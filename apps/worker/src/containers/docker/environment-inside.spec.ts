import { describe, expect, it } from '@jest/globals';
import { environmentInside } from './environment-inside.js';

describe('environmentInside', () => {
  it('knows what the engine adds', () => {
    expect(environmentInside({ Hostname: 'abc', Env: null }, [])).toEqual({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: '/tmp',
      HOSTNAME: 'abc',
    });
  });

  it('prefers what the image and the container say, whatever stands in a value', () => {
    const Env = ['PATH=/opt/bin', 'CONNECTION=a=b;c=', 'EMPTY='];
    expect(environmentInside({ Hostname: 'abc', Env }, [])).toMatchObject({
      PATH: '/opt/bin',
      CONNECTION: 'a=b;c=',
      EMPTY: '',
    });
  });

  it('leaves out what was for the app before', () => {
    expect(environmentInside({ Hostname: 'abc', Env: ['OLD=1', 'KEPT=2'] }, ['OLD'])).not.toHaveProperty(
      'OLD',
    );
  });
});
