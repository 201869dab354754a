import { describe, expect, it } from '@jest/globals';
import { InvalidInputError } from '#shared/domain/errors.js';
import { appWorkerOf, describeApp, runtimeOf } from './app-runtime.js';

describe('runtimeOf', () => {
  it.each([
    [['host.json', 'package.json', 'requirements.txt'], 'node'],
    [['host.json', 'hello'], 'node'],
    [[], 'node'],
    [['host.json', 'function_app.py'], 'python'],
    [['host.json', 'requirements.txt', 'hello'], 'python'],
    [['host.json', 'profile.ps1'], 'powershell'],
    [['host.json', 'hello-1.0.jar'], 'java'],
    [['host.json', 'worker.config.json', 'Invoices.dll'], 'dotnet-isolated'],
  ] as const)('of %j is %s', (fileNames, runtime) => {
    expect(runtimeOf(fileNames, undefined)).toBe(runtime);
  });

  it('is what the app’s setting says', () => {
    expect(runtimeOf(['package.json'], 'python')).toBe('python');
    expect(runtimeOf(['package.json'], 'custom')).toBe('node');
  });
});

describe('appWorkerOf', () => {
  const config = (defaultWorkerPath: unknown): string =>
    JSON.stringify({ description: { language: 'dotnet-isolated', extensions: ['.dll'], defaultWorkerPath } });

  it('is the assembly that the app names', () => {
    expect(appWorkerOf(config('Invoices.dll'))).toBe('Invoices.dll');
    expect(appWorkerOf(config('bin/My Invoices.dll'))).toBe('bin/My Invoices.dll');
  });

  it.each(['/etc/x.dll', '../x.dll', 'a/../../x.dll', '-version', '', undefined, 'a;b'])(
    'refuses %s',
    (path) => {
      expect(() => appWorkerOf(config(path))).toThrow(InvalidInputError);
    },
  );

  it('refuses what is no JSON', () => {
    expect(() => appWorkerOf('<xml/>')).toThrow('does not name its assembly');
  });
});

describe('describeApp', () => {
  it('takes a folder that is not there for a node app: the engine will say what is wrong', async () => {
    expect(await describeApp('/not/there', {})).toEqual({ runtime: 'node' });
  });
});
