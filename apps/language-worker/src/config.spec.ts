import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ArgumentsError, parseArguments, replaceEnvironment } from './config.js';

const FIRST_SET = ['--host', '10.0.0.1', '--port', '5000', '--workerId', 'w', '--requestId', 'r'];
const SECOND_SET = ['--functions-worker-id', 'w', '--functions-request-id', 'r'];
const LIMITS = ['--grpcMaxMessageLength', '1000', '--functions-grpc-max-message-length', '1000'];

describe('parseArguments', () => {
  it('reads the first set', () => {
    expect(parseArguments([...FIRST_SET, '--grpcMaxMessageLength', '1000'])).toEqual({
      host: '10.0.0.1',
      port: 5000,
      workerId: 'w',
      requestId: 'r',
      maxMessageBytes: 1000,
    });
  });

  it('reads the second set', () => {
    const args = ['--functions-uri', 'http://10.0.0.2:6000/', ...SECOND_SET];
    expect(parseArguments([...args, '--functions-grpc-max-message-length=7'])).toEqual({
      host: '10.0.0.2',
      port: 6000,
      workerId: 'w',
      requestId: 'r',
      maxMessageBytes: 7,
    });
  });

  it('reads both, with others among them, and IPv6 without its brackets', () => {
    const args = ['--functions-uri', 'http://[::1]:6000/', ...FIRST_SET, ...SECOND_SET, ...LIMITS];
    expect(parseArguments([...args, '--later', 'x', 'y'])).toMatchObject({ host: '::1', port: 6000 });
    const host = ['--host', '[::1]', '--port', '1', '--workerId', 'w', '--requestId', 'r', ...LIMITS];
    expect(parseArguments(host)).toMatchObject({ host: '::1' });
  });

  it.each([
    [['--host', 'h', ...LIMITS], '--functions-uri, or --host and --port'],
    [['--host', 'h', '--port', '1', ...LIMITS], '--functions-worker-id or --workerId'],
    [FIRST_SET, '--functions-grpc-max-message-length or --grpcMaxMessageLength'],
    [[...FIRST_SET, ...LIMITS, '--port', '70000'], '--port is no whole number between 1 and 65535: 70000'],
    [[...FIRST_SET, ...LIMITS, '--functions-uri', 'x'], '--functions-uri is no URL: x'],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args)).toThrow(ArgumentsError);
    expect(() => parseArguments(args)).toThrow(message);
  });
});

describe('replaceEnvironment', () => {
  let before: NodeJS.ProcessEnv;

  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(() => {
    replaceEnvironment(before as Record<string, string>);
  });

  it('leaves nothing of what was there', () => {
    replaceEnvironment({ A: '1' });
    expect({ ...process.env }).toEqual({ A: '1' });
  });
});
