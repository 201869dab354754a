import { describe, expect, it } from '@jest/globals';
import { AppLoadError, SystemError, messageOf, stackOf, toRpcException } from './errors.js';

describe('what was thrown', () => {
  it.each([
    [new Error('an error'), 'an error'],
    ['a text', 'a text'],
    [undefined, 'Unknown error'],
    [null, 'Unknown error'],
    [{ code: 7 }, '{ code: 7 }'],
    [7n, '7n'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%p says what it is', (thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });

  it('is described with its causes, also where they go in a circle', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });
    expect(stackOf(outer)).toMatch(/^Error: outer\n[^]*\nCaused by: Error: inner\n/);
    inner.cause = outer;
    expect(stackOf(outer).match(/Caused by/g)).toHaveLength(1);
  });

  it('is the function’s fault unless it is marked as the worker’s', () => {
    expect(toRpcException(new TypeError('x'))).toMatchObject({ type: 'TypeError', isUserException: true });
    expect(toRpcException(new SystemError('x'))).toMatchObject({ isUserException: false });
    const marked = Object.assign(new Error('x'), { isAzureFunctionsSystemError: true });
    expect(toRpcException(marked)).toMatchObject({ isUserException: false });
    expect(toRpcException('x')).toMatchObject({ message: 'x', type: 'string', isUserException: true });
  });

  it('keeps its stack when an app can’t be loaded because of it', () => {
    const error = new AppLoadError('It failed.', new Error('why'));
    expect(error.message).toBe('It failed.');
    expect(error.stack).toMatch(/^It failed\.\nError: why\n {4}at /);
  });
});
