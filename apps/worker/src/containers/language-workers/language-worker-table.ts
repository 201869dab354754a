import { IN_CONTAINER } from '../docker/image/image-layout.js';
import type { LanguageWorker } from './language-worker.js';

/** Microsoft's images keep every language worker below here. */
const MICROSOFT = '/azure-functions-host/workers';

/** Ours: runs node apps where nothing else is said, and the only one for Windows containers. */
export const NIGHTJAR_NODE: LanguageWorker = {
  id: 'nightjar-node',
  title: 'Nightjar’s own for Node.js',
  runtime: 'node',
  linux: { executable: IN_CONTAINER.node, workerDirectory: IN_CONTAINER.languageWorker },
  windows: { executable: 'C:\\nodejs\\node.exe', workerDirectory: 'C:\\nightjar\\language-worker' },
  arguments: [
    '--max-old-space-size={heapMebibytes}',
    // Room for all that is made while an app is loaded: the collector, which would run some ten times meanwhile, can wait.
    '--min-semi-space-size=8',
    // The machine's own certificate authorities too, such as a company's: on Linux they are in the image.
    '--use-system-ca',
    '{workerDirectory}{slash}{entry}',
  ],
  images: [],
  note: 'Made of the machine’s own Node on Linux; built from `deploy/images/node-windows.Dockerfile` for Windows.',
};

/**
 * All language workers that Nightjar can start. Where Microsoft's are, and how they are started, is in their
 * `worker.config.json` and in the Dockerfiles of Azure/azure-functions-docker.
 */
export const LANGUAGE_WORKERS: readonly LanguageWorker[] = [
  NIGHTJAR_NODE,
  {
    id: 'microsoft-node',
    title: 'Microsoft’s for Node.js',
    runtime: 'node',
    linux: { executable: 'node', workerDirectory: `${MICROSOFT}/node` },
    arguments: ['--max-old-space-size={heapMebibytes}', '{workerDirectory}/dist/src/nodejsWorker.js'],
    images: [
      'mcr.microsoft.com/azure-functions/node:4-node22',
      'mcr.microsoft.com/azure-functions/node:4-node20',
    ],
    note: 'Runs the v4 model; v3 apps need Nightjar’s own, or functions that name their `scriptFile`.',
  },
  {
    id: 'microsoft-python',
    title: 'Microsoft’s for Python',
    runtime: 'python',
    linux: { executable: 'python', workerDirectory: `${MICROSOFT}/python` },
    arguments: ['{workerDirectory}/{runtimeVersion}/LINUX/X64/worker.py'],
    defaultRuntimeVersion: '3.12',
    images: [
      'mcr.microsoft.com/azure-functions/python:4-python3.12',
      'mcr.microsoft.com/azure-functions/python:4-python3.11',
    ],
    note: 'Packages that the app needs must be in it, in `.python_packages/lib/site-packages`.',
  },
  {
    id: 'microsoft-dotnet-isolated',
    title: 'Microsoft’s for .NET, isolated',
    runtime: 'dotnet-isolated',
    linux: { executable: 'dotnet', workerDirectory: '{appDirectory}' },
    arguments: ['{appDirectory}/{appWorker}'],
    images: [
      'mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated8.0',
      'mcr.microsoft.com/azure-functions/dotnet-isolated:4-dotnet-isolated9.0',
    ],
    note: 'The language worker is part of the app: its `worker.config.json` names the assembly. Publish framework-dependent.',
  },
  {
    id: 'microsoft-powershell',
    title: 'Microsoft’s for PowerShell',
    runtime: 'powershell',
    linux: { executable: 'dotnet', workerDirectory: `${MICROSOFT}/powershell` },
    arguments: ['{workerDirectory}/{runtimeVersion}/Microsoft.Azure.Functions.PowerShellWorker.dll'],
    defaultRuntimeVersion: '7.4',
    images: ['mcr.microsoft.com/azure-functions/powershell:4-powershell7.4'],
    note: 'Modules must be in the app’s `Modules` folder: managed dependencies would be downloaded.',
  },
  {
    id: 'microsoft-java',
    title: 'Microsoft’s for Java',
    runtime: 'java',
    linux: { executable: 'java', workerDirectory: `${MICROSOFT}/java` },
    arguments: [
      '-Xmx{heapMebibytes}m',
      '-XX:+TieredCompilation',
      '-XX:TieredStopAtLevel=1',
      '-Djava.net.preferIPv4Stack=true',
      '-jar',
      '{workerDirectory}/azure-functions-java-worker.jar',
    ],
    images: [
      'mcr.microsoft.com/azure-functions/java:4-java21',
      'mcr.microsoft.com/azure-functions/java:4-java17',
    ],
    note: 'The images set JAVA_HOME and leave `java` off their PATH: derive one with `ENV PATH=$JAVA_HOME/bin:$PATH`.',
  },
];
