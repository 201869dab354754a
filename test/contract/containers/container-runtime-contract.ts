import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import {
  EngineUnavailableError,
  type ContainerLimits,
  type ContainerRuntime,
  type ContainerSpec,
  type RunningContainer,
} from '../../../apps/worker/src/containers/container-runtime.js';
import { makeTempFolder, removeFolder } from '../../support/temp-folder.js';
import { waitFor } from '../../support/wait-for.js';
import { collectOutput, firstAnswer } from './container-output.js';

const MEBIBYTE = 1024 * 1024;
const PAUSE_MS = 1_000;

/** One adapter under test. */
export interface RuntimeUnderTest {
  readonly name: string;
  /** A runtime of this worker, in a new life of it. */
  create(workerId: string): ContainerRuntime;
  /** What the engine or the system still has of a worker, running or not. */
  remains(workerId: string): Promise<readonly string[]>;
  setUp?(): Promise<void>;
  tearDown?(): Promise<void>;
}

/** Limits of a small container with so much memory. */
export function limitsOf(mebibytes: number): ContainerLimits {
  return { memoryBytes: mebibytes * MEBIBYTE, cpus: 1, cpuWeight: 100, pids: 64, tmpBytes: 64 * MEBIBYTE };
}

/** Makes specs over an app of two files in a temporary folder. */
export class Specs {
  private constructor(readonly packageFolder: string) {}

  static async create(): Promise<Specs> {
    const packageFolder = await makeTempFolder('app');
    await chmod(packageFolder, 0o755);
    await mkdir(join(packageFolder, 'lib'));
    await writeFile(join(packageFolder, 'host.json'), '{"version":"2.0"}');
    await writeFile(join(packageFolder, 'lib', 'index.js'), 'module.exports = 1;');
    return new Specs(packageFolder);
  }

  /** A container that does what the acting worker calls `act`. */
  spec(act: string, subject = '', changes: Partial<ContainerSpec> = {}): ContainerSpec {
    return {
      id: newId(),
      token: newId(),
      packageFolder: this.packageFolder,
      environment: { ACT: act, SUBJECT: subject },
      limits: limitsOf(256),
      network: { policy: 'outbound' },
      channelPort: 7071,
      maxMessageBytes: 4 * MEBIBYTE,
      appVersionId: newId(),
      ...changes,
    };
  }

  remove(): Promise<void> {
    return removeFolder(this.packageFolder);
  }
}

/** What every `ContainerRuntime` must do. */
export function containerRuntimeContract(adapter: RuntimeUnderTest): void {
  // An engine on a busy machine takes seconds for what it else does in a moment.
  jest.setTimeout(120_000);
  describe(`${adapter.name}: the contract of ContainerRuntime`, () => {
    let specs: Specs;
    let workerId: string;
    let runtime: ContainerRuntime;

    beforeAll(async () => {
      await adapter.setUp?.();
      specs = await Specs.create();
    });

    afterAll(async () => {
      await specs.remove();
      await adapter.tearDown?.();
    });

    beforeEach(async () => {
      workerId = newId();
      runtime = adapter.create(workerId);
      await runtime.prepare();
    });

    afterEach(async () => {
      await runtime.close();
      expect(await adapter.remains(workerId)).toEqual([]);
    });

    const answerOf = async (spec: ContainerSpec): Promise<Record<string, unknown>> =>
      firstAnswer(await runtime.start(spec));

    it('says, once it is prepared, how it keeps containers apart', () => {
      const { engineVersion, isolation } = runtime.traits;
      expect(isolation).not.toBeNull();
      if (isolation !== 'none') expect(engineVersion).toMatch(/^\d+\./);
    });

    it('gives a language worker both sets of arguments, in the folder of its app', async () => {
      const spec = specs.spec('describe');
      const container = await runtime.start(spec);
      const answer = await firstAnswer(container);
      const given = (answer.arguments as string[]).join(' ');
      expect(given).toMatch(
        /^--host \S+ --port 7071 --workerId \S+ --requestId \S+ --grpcMaxMessageLength 4194304/,
      );
      expect(given).toMatch(
        /--functions-uri http:\/\/\S+:7071\/ --functions-worker-id \S+ --functions-request-id \S+/,
      );
      expect(given).toContain(`--workerId ${spec.token}`);
      expect(given).toContain(`--functions-worker-id ${spec.token}`);
      expect(answer.folder).toBe(container.appDirectory);
    });

    it('gives it the app’s settings and nothing of the worker’s own environment', async () => {
      process.env.NIGHTJAR_TEST_SECRET = 'of the worker';
      const spec = specs.spec('describe');
      const settings = {
        ...spec.environment,
        GREETING: 'hello = ä',
        FUNCTIONS_WORKER_DIRECTORY: '/elsewhere',
      };
      const answer = await answerOf({ ...spec, environment: settings });
      delete process.env.NIGHTJAR_TEST_SECRET;
      const environment = answer.environment as Record<string, string>;
      expect(environment).toMatchObject({ GREETING: 'hello = ä', FUNCTIONS_WORKER_RUNTIME: 'node' });
      expect(environment.FUNCTIONS_WORKER_DIRECTORY).not.toBe('/elsewhere');
      expect(environment.FUNCTIONS_APPLICATION_DIRECTORY).toBe(answer.folder);
      expect(Object.values(environment)).not.toContain('of the worker');
      const known =
        /^(ACT|SUBJECT|GREETING|FUNCTIONS_\w+|NIGHTJAR_CONTAINER_ID|PATH|HOME|HOSTNAME|LANG|TMPDIR|TEMP|TMP|SystemRoot)$/;
      expect(Object.keys(environment).filter((name) => !known.test(name))).toEqual([]);
    });

    it('tells the exit code and the last words', async () => {
      const container = await runtime.start(specs.spec('exit', '7'));
      expect(await container.exited).toEqual({
        exitCode: 7,
        cause: 'exited',
        lastStderr: 'first words\nlast words\n',
      });
    });

    it('tells of an uncaught failure by its stack', async () => {
      const exit = await (await runtime.start(specs.spec('crash'))).exited;
      expect(exit).toMatchObject({ exitCode: 1, cause: 'exited' });
      expect(exit.lastStderr).toContain('Error: an uncaught failure\n    at ');
    });

    it('tells that a full heap was a lack of memory', async () => {
      const spec = specs.spec('heap', '', { limits: limitsOf(128) });
      const exit = await (await runtime.start(spec)).exited;
      expect(exit).toMatchObject({ cause: 'memoryLimit' });
      expect(exit.exitCode).toBeGreaterThan(128);
    });

    it('passes lines on in order, the early ones too', async () => {
      const container = await runtime.start(specs.spec('lines', '2000'));
      await delay(200);
      const output = collectOutput(container);
      await container.exited;
      expect(output.lines.map(({ text }) => text.split(' ')[1])).toEqual(
        Array.from({ length: 2000 }, (_unused, index) => String(index)),
      );
    });

    it('takes 300 MB without a newline and keeps 32 KiB of it', async () => {
      const container = await runtime.start(specs.spec('print', '300'));
      const output = collectOutput(container);
      const before = process.memoryUsage();
      await container.exited;
      const after = process.memoryUsage();
      expect(output.lines.map(({ text }) => text.length)).toEqual([32 * 1024 + 1, 5]);
      expect(output.lines[0]?.text.endsWith('…')).toBe(true);
      const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
      expect(grown).toBeLessThan(200 * MEBIBYTE);
    });

    it('kills what runs, as often as asked', async () => {
      const container = await runtime.start(specs.spec('wait'));
      await firstAnswer(container);
      await Promise.all([container.kill(), container.kill()]);
      await container.kill();
      expect(await container.exited).toMatchObject({ exitCode: 137, cause: 'ordered' });
      expect(await adapter.remains(workerId)).toEqual([]);
    });

    it('can be asked to kill what has ended', async () => {
      const container = await runtime.start(specs.spec('exit', '0'));
      await container.exited;
      await container.kill();
    });

    it('leaves nothing of a start that fails', async () => {
      const spec = specs.spec('wait', '', { packageFolder: join(specs.packageFolder, 'not-there') });
      await expect(runtime.start(spec)).rejects.toThrow(EngineUnavailableError);
      expect(await adapter.remains(workerId)).toEqual([]);
    });

    it('removes what an earlier life of the worker left', async () => {
      const leftover = await runtime.start(specs.spec('wait'));
      await firstAnswer(leftover);
      await adapter.create(workerId).prepare();
      await leftover.exited;
      expect(await adapter.remains(workerId)).toEqual([]);
    });

    it('leaves what runs alone when it is prepared again', async () => {
      const container = await runtime.start(specs.spec('wait'));
      await firstAnswer(container);
      await runtime.prepare();
      await runtime.check();
      expect(await stillRuns(container)).toBe(true);
    });

    it('touches no other worker’s', async () => {
      const container = await runtime.start(specs.spec('wait'));
      await firstAnswer(container);
      const other = adapter.create(newId());
      await other.prepare();
      await other.close();
      expect(await stillRuns(container)).toBe(true);
    });

    it('knows the environment that another app would have found', async () => {
      if (!runtime.canPrewarm) return;
      const settings = { ACT: 'describe', GREETING: 'hello = ä', FUNCTIONS_WORKER_DIRECTORY: '/elsewhere' };
      const container = await runtime.start(specs.spec('wait', 'of the first app'));
      await firstAnswer(container);
      const known = await container.environmentWith(settings);
      const answer = await answerOf(specs.spec('', '', { environment: settings }));
      expect(ofAnyContainer(known)).toEqual(ofAnyContainer(answer.environment as Record<string, string>));
      expect(await container.environmentWith({})).not.toHaveProperty('SUBJECT');
      await container.kill();
    });

    it('keeps a container from running until it is resumed', async () => {
      const container = await runtime.start(specs.spec('tick'));
      await firstAnswer(container);
      if (!runtime.canPause) return expect(container.pause()).rejects.toThrow(EngineUnavailableError);
      const { lines } = collectOutput(container);
      await waitFor(() => lines.length > 0, { timeoutMs: 60_000, what: 'a tick before the pause' });
      await container.pause();
      await delay(PAUSE_MS);
      await container.resume();
      // Whatever was on its way at the pause: two ticks are on both sides of it.
      await waitFor(() => longestGapMs(lines) >= PAUSE_MS, { timeoutMs: 60_000 });
      await container.kill();
    });

    it('kills what is paused', async () => {
      if (!runtime.canPause) return;
      const container = await runtime.start(specs.spec('wait'));
      await firstAnswer(container);
      await container.pause();
      await container.kill();
      expect(await container.exited).toMatchObject({ exitCode: 137, cause: 'ordered' });
      expect(await adapter.remains(workerId)).toEqual([]);
    });

    it('kills everything when it is closed', async () => {
      const containers = await Promise.all([1, 2, 3].map(() => runtime.start(specs.spec('wait'))));
      await runtime.close();
      expect(await adapter.remains(workerId)).toEqual([]);
      for (const container of containers) expect((await container.exited).exitCode).toBe(137);
    });
  });
}

/** The names of a container differ from one to the next. */
function ofAnyContainer(environment: Readonly<Record<string, string>>): Record<string, string> {
  const { HOSTNAME: _host, NIGHTJAR_CONTAINER_ID: _container, ...others } = environment;
  return others;
}

function longestGapMs(ticks: readonly { readonly text: string }[]): number {
  const times = ticks.map(({ text }) => (JSON.parse(text) as { atMs: number }).atMs);
  return Math.max(0, ...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)));
}

async function stillRuns(container: RunningContainer): Promise<boolean> {
  return Promise.race([container.exited.then(() => false), delay(500, true)]);
}
