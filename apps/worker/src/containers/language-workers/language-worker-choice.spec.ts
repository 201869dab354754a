import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { DEFAULT_CHOICES, parseLanguageWorkers } from './language-worker-choice.js';

describe('parseLanguageWorkers', () => {
  it('gives node apps our own language worker in an image that is made', () => {
    expect(parseLanguageWorkers('', undefined)).toEqual(DEFAULT_CHOICES);
  });

  it('takes the image that is given', () => {
    expect(parseLanguageWorkers('', 'registry.example/node:1').get('node')).toMatchObject({
      worker: { id: 'nightjar-node' },
      image: 'registry.example/node:1',
    });
  });

  it('reads an entry for each runtime', () => {
    const choices = parseLanguageWorkers(
      'python=microsoft-python/3.11@registry.example:5000/functions/python:4, java=microsoft-java@java:21',
      'node:1',
    );
    expect([...choices.keys()]).toEqual(['node', 'python', 'java']);
    expect(choices.get('python')).toMatchObject({
      worker: { id: 'microsoft-python' },
      runtimeVersion: '3.11',
      image: 'registry.example:5000/functions/python:4',
    });
  });

  it('does not put another language worker into our image', () => {
    expect(() => parseLanguageWorkers('node=microsoft-node', 'node:1')).toThrow(InvalidInputError);
    expect(parseLanguageWorkers('node=nightjar-node', 'node:1').get('node')?.image).toBe('node:1');
  });

  it.each([
    ['python', 'must read runtime=language-worker'],
    ['cobol=ibm@x', 'names no runtime'],
    ['python=microsoft-node@x', 'names no language worker for it: microsoft-python.'],
    ['python=microsoft-python', 'names no image'],
    ['java=microsoft-java@a,java=microsoft-java@b', 'name each runtime once'],
  ])('says what is wrong with "%s"', (setting, problem) => {
    const details = ((): readonly string[] => {
      try {
        parseLanguageWorkers(setting, undefined);
        return [];
      } catch (error) {
        return (error as InvalidInputError).details;
      }
    })();
    expect(details).toEqual([expect.stringContaining(problem)]);
  });
});
