import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type {
  ContainerRuntime,
  ContainerSpec,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { firstAnswer } from './container-output.js';
import { limitsOf, Specs } from './container-runtime-contract.js';
import { TestInstallation } from './docker-under-test.js';

Logger.overrideLogger(false);
// An engine on a busy machine takes seconds for what it else does in a moment.
jest.setTimeout(120_000);

let installation: TestInstallation;
let specs: Specs;
const opened: ContainerRuntime[] = [];

beforeAll(async () => {
  installation = await TestInstallation.create();
  specs = await Specs.create();
});

afterEach(async () => {
  for (const runtime of opened.splice(0)) await runtime.close();
  expect(await installation.containers()).toEqual([]);
});

afterAll(async () => {
  await specs.remove();
  await installation.remove();
});

async function open(): Promise<{ answerOf: AnswerOf; runtime: ContainerRuntime }> {
  const runtime = installation.runtime();
  opened.push(runtime);
  await runtime.prepare();
  return { runtime, answerOf: async (spec) => firstAnswer(await runtime.start(spec)) };
}

type AnswerOf = (spec: ContainerSpec) => Promise<Record<string, unknown>>;

describe('a container’s files', () => {
  it('are its app to read, and /tmp to write', async () => {
    const { answerOf } = await open();
    const app = '/home/site/wwwroot';
    const paths = [
      '/tmp/x',
      `${app}/x`,
      `${app}/host.json`,
      '/x',
      '/nightjar/language-worker/main.mjs',
      '/etc/passwd',
    ];
    const answer = await answerOf(specs.spec('files', [`${app}/host.json`, ...paths].join(',')));
    const [temporary, ...others] = paths;
    expect(answer).toEqual({
      read: '{"version":"2.0"}',
      written: {
        [temporary as string]: 'done',
        ...Object.fromEntries(others.map((path) => [path, 'EROFS'])),
      },
      temporary: '/tmp',
    });
  });

  it('do not fill the disk', async () => {
    const { answerOf } = await open();
    const answer = await answerOf(specs.spec('fill'));
    expect(answer.outcome).toBe('ENOSPC');
    expect(answer.written).toBeLessThanOrEqual(64);
  });

  it('are none of the machine’s, and not the engine’s socket', async () => {
    const { answerOf } = await open();
    const paths = [
      '/var/run/docker.sock',
      '/run/docker.sock',
      '/etc/shadow',
      '/root/.bashrc',
      '/proc/kcore',
      '/dev/sda',
    ];
    const answer = await answerOf(specs.spec('read', paths.join(',')));
    for (const path of paths) expect(answer[path]).toMatch(/^(ENOENT|EACCES|EPERM)$/);
  });
});

describe('a container’s process', () => {
  it('is not root', async () => {
    const { answerOf } = await open();
    expect(await answerOf(specs.spec('describe'))).toMatchObject({ uid: 10001, gid: 10001, home: '/tmp' });
  });

  it('is killed for its own memory, and that is told apart from other kills', async () => {
    const { runtime } = await open();
    const limits = limitsOf(128);
    const hog = await runtime.start(specs.spec('buffers', '', { limits }));
    expect(await hog.exited).toMatchObject({ exitCode: 137, cause: 'memoryLimit' });
    const victim = await runtime.start(specs.spec('wait', '', { limits }));
    await installation.docker.getContainer(`nightjar-${victim.id}`).kill();
    expect(await victim.exited).toMatchObject({ exitCode: 137, cause: 'outsider' });
  });

  it('can not start processes without end', async () => {
    const { answerOf } = await open();
    const answer = await answerOf(specs.spec('fork'));
    // The limit counts threads, of which each Node has about ten.
    expect(answer.alive).toBeLessThan(20);
  });
});
