import { describe, expect, it } from '@jest/globals';
import { asArguments } from './redis-container.mjs';
import { redisConfiguration } from './redis-server.mjs';

describe('asArguments', () => {
  it('makes arguments of every directive of a configuration', () => {
    const args = asArguments(redisConfiguration({ port: 6379, password: 'secret', folder: '/data' }));
    expect(args).toEqual(expect.arrayContaining(['--requirepass', 'secret', '--dir', '/data', '--save', '']));
    expect(args.slice(args.indexOf('--bind'), args.indexOf('--port'))).toEqual(['--bind', '127.0.0.1']);
  });
});
