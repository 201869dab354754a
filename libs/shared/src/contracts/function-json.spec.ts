import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { functionNameProblem, parseFunctionJson } from './function-json.js';

const timer = { type: 'timerTrigger', direction: 'in', name: 'timer', schedule: '0 0 2 * * *' };

function problemsOf(content: unknown): string[] {
  try {
    parseFunctionJson('a/function.json', JSON.stringify(content));
  } catch (error) {
    if (error instanceof InvalidInputError) return [error.message, ...error.details];
    throw error;
  }
  return [];
}

describe('parseFunctionJson', () => {
  it('puts the trigger first and keeps every setting', () => {
    const out = { type: 'queue', direction: 'OUT', name: 'out', queueName: 'q', extra: [1] };
    const parsed = parseFunctionJson('f', JSON.stringify({ bindings: [out, timer], scriptFile: '../x.js' }));
    expect(parsed).toEqual({
      bindings: [timer, { ...out, direction: 'out' }],
      scriptFile: '../x.js',
      entryPoint: undefined,
      retry: undefined,
      disabled: false,
    });
  });

  it('takes words in any case and an absent direction for an input', () => {
    const http = { type: 'HTTPTRIGGER', name: 'req', authLevel: 'Function', methods: ['get', 'POST'] };
    expect(problemsOf({ bindings: [http] })).toEqual([]);
  });

  it('reads retry and disabled', () => {
    const retry = {
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: '00:00:01',
      maximumInterval: '00:15:00',
    };
    const parsed = parseFunctionJson('f', JSON.stringify({ bindings: [timer], retry, disabled: true }));
    expect(parsed.retry).toEqual({
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumDelayMs: 1000,
      maximumDelayMs: 900_000,
    });
    expect(parsed.disabled).toBe(true);
  });

  it.each([
    [{}, 'a/function.json: bindings must be an array of bindings.'],
    [
      { bindings: [] },
      'a/function.json: bindings must have a trigger: a binding whose "type" ends in "Trigger".',
    ],
    [
      { bindings: [timer, { ...timer, name: 'b' }] },
      /one trigger only, but there are 2: "timer" \(timerTrigger\), "b"/,
    ],
    [{ bindings: [timer, { ...timer, type: 'queue' }] }, /must not have the name "timer" twice/],
    [{ bindings: [{ ...timer, type: undefined }] }, 'a/function.json: bindings[0].type must be a string.'],
    [{ bindings: [{ ...timer, name: '' }] }, /bindings\[0\]\.name must not be empty/],
    [
      { bindings: [{ ...timer, direction: 'up' }] },
      /bindings\[0\]\.direction must be "in", "out" or "inout"/,
    ],
    [
      { bindings: [{ ...timer, direction: 'out' }] },
      /bindings\[0\]\.direction must be "in": it is a trigger/,
    ],
    [{ bindings: [{ ...timer, schedule: undefined }] }, /bindings\[0\]\.schedule must be an NCRONTAB/],
    [{ bindings: [{ type: 'queueTrigger', name: 'q' }] }, /bindings\[0\]\.queueName must be a queue's name/],
    [
      { bindings: [{ type: 'httpTrigger', name: 'r', authLevel: 'none' }] },
      /authLevel must be "anonymous", "function" or "admin"/,
    ],
    [{ bindings: [{ type: 'httpTrigger', name: 'r', methods: 'get' }] }, /methods must be an array/],
    [
      { bindings: [{ type: 'xTrigger', name: 'r', cardinality: 'few' }] },
      /cardinality must be "one" or "many"/,
    ],
    [{ bindings: [timer], disabled: 'yes' }, /disabled must be true or false/],
    [null, 'a/function.json must hold a JSON object.'],
  ])('refuses %j', (content, message) => {
    const [first] = problemsOf(content);
    if (typeof message === 'string') expect(first).toBe(message);
    else expect(first).toMatch(message);
  });
});

describe('functionNameProblem', () => {
  it.each(['a', 'Hello-World_2', 'a'.repeat(128)])('accepts %s', (name) => {
    expect(functionNameProblem(name)).toBeNull();
  });

  it.each(['', '1a', '_a', 'a b', 'a.b', 'Host', 'ä', 'a'.repeat(129)])('refuses "%s"', (name) => {
    expect(functionNameProblem(name)).toEqual(expect.any(String));
  });
});
