import { describe, expect, it } from '@jest/globals';
import { parseRelayArguments } from './arguments.js';

const GIVEN = ['--host', '::1', '--port', '7071', '--token', 'abc', '--server-port', '55000'];

describe('the arguments of a relay', () => {
  it('say where it leads from and to', () => {
    expect(parseRelayArguments(GIVEN)).toEqual({ host: '::1', port: 7071, token: 'abc', serverPort: 55_000 });
  });

  it.each([
    [GIVEN.slice(2), 'Missing argument: --host'],
    [GIVEN.slice(0, 4), 'Missing argument: --token'],
    [[...GIVEN.slice(0, 3), '0', ...GIVEN.slice(4)], '--port is no whole number between 1 and 65535: 0'],
    [[...GIVEN.slice(0, 7), 'x'], '--server-port is no whole number between 1 and 65535: x'],
  ])('are refused by name: %j', (argv, sentence) => {
    expect(parseRelayArguments(argv)).toBe(sentence);
  });
});
