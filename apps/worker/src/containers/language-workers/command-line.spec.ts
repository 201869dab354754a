import { describe, expect, it } from '@jest/globals';
import { commandLine, heapMebibytes, type CommandFacts } from './command-line.js';
import { LANGUAGE_WORKERS } from './language-worker-table.js';

const facts: CommandFacts = {
  appDirectory: '/home/site/wwwroot',
  slash: '/',
  entry: 'language-worker.cjs',
  memoryBytes: 512 * 1024 * 1024,
  runtimeVersion: undefined,
  appWorker: 'Invoices.dll',
};

function lineOf(id: string, os: 'linux' | 'windows', changes: Partial<CommandFacts> = {}): string {
  const worker = LANGUAGE_WORKERS.find((candidate) => candidate.id === id);
  const platform = worker?.[os];
  if (worker === undefined || platform === undefined) throw new Error(`There is no ${id} for ${os}.`);
  const line = commandLine(worker, platform, { ...facts, ...changes });
  return [line.executable, ...line.arguments].join(' ');
}

describe('commandLine', () => {
  it.each([
    [
      'nightjar-node',
      '/usr/local/bin/node --max-old-space-size=384 --min-semi-space-size=8 --use-system-ca /nightjar/language-worker/language-worker.cjs',
    ],
    [
      'microsoft-node',
      'node --max-old-space-size=384 /azure-functions-host/workers/node/dist/src/nodejsWorker.js',
    ],
    ['microsoft-python', 'python /azure-functions-host/workers/python/3.12/LINUX/X64/worker.py'],
    ['microsoft-dotnet-isolated', 'dotnet /home/site/wwwroot/Invoices.dll'],
    [
      'microsoft-powershell',
      'dotnet /azure-functions-host/workers/powershell/7.4/Microsoft.Azure.Functions.PowerShellWorker.dll',
    ],
    [
      'microsoft-java',
      'java -Xmx384m -XX:+TieredCompilation -XX:TieredStopAtLevel=1 -Djava.net.preferIPv4Stack=true ' +
        '-jar /azure-functions-host/workers/java/azure-functions-java-worker.jar',
    ],
  ])('starts %s', (id, expected) => {
    expect(lineOf(id, 'linux')).toBe(expected);
  });

  it('starts ours on Windows', () => {
    expect(lineOf('nightjar-node', 'windows', { slash: '\\' })).toBe(
      'C:\\nodejs\\node.exe --max-old-space-size=384 --min-semi-space-size=8 --use-system-ca C:\\nightjar\\language-worker\\language-worker.cjs',
    );
  });

  it('takes the version that the settings name', () => {
    expect(lineOf('microsoft-python', 'linux', { runtimeVersion: '3.11' })).toContain('/python/3.11/LINUX/');
  });

  it('refuses a placeholder that nothing fills', () => {
    expect(() => lineOf('microsoft-dotnet-isolated', 'linux', { appWorker: undefined })).toThrow(
      '{appWorker}',
    );
  });

  it('says which folder is the language worker’s', () => {
    const dotnet = LANGUAGE_WORKERS.find(({ id }) => id === 'microsoft-dotnet-isolated');
    const line = commandLine(dotnet as never, dotnet?.linux as never, facts);
    expect(line.workerDirectory).toBe('/home/site/wwwroot');
  });
});

describe('heapMebibytes', () => {
  it('leaves a quarter of the memory to what is not heap', () => {
    expect(heapMebibytes(512 * 1024 * 1024)).toBe(384);
  });
});

describe('the table of language workers', () => {
  it('names each once', () => {
    const ids = LANGUAGE_WORKERS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
