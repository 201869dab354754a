import { setTimeout as delay } from 'node:timers/promises';
import type { LoadedApp } from '../../../apps/worker/src/channel/language-worker-channel.js';
import {
  ChannelClosedError,
  ChannelServer,
  LanguageWorkerChannel,
  type ChannelInvocation,
  type ChannelResult,
} from '../../../apps/worker/src/channel/language-worker-channel.js';
import {
  ContainerRuntime,
  type ContainerExit,
  type ContainerOutputLine,
  type ContainerSpec,
  type RunningContainer,
} from '../../../apps/worker/src/containers/container-runtime.js';
import type { CpuShare } from '../../../apps/worker/src/containers/cpu/cpu-share.js';
import { Hold } from '../../../apps/worker/src/containers/hold/hold.js';
import type { HostEquipment } from '../../../apps/worker/src/containers/pool/host-equipment.js';

interface Call {
  readonly resolve: (result: ChannelResult) => void;
  readonly reject: (error: Error) => void;
}

const NO_MORE_THAN_ONE = { memoryBytes: 1, cpus: 1, pids: 1, tmpBytes: 1 };

/** For tests: containers without anything in them; the test says what happens inside. */
export class FakeContainers {
  readonly started: FakeContainer[] = [];
  /** What each was asked for, in the same order. */
  readonly specs: ContainerSpec[] = [];
  readonly byToken = new Map<string, FakeContainer>();
  problems: readonly string[] = [];
  canPrewarm = true;
  exitWhileLoading: ContainerExit | undefined;
  /** Language workers never open their stream. */
  hangsWhileLoading = false;

  get latest(): FakeContainer {
    const latest = this.started.at(-1);
    if (!latest) throw new Error('No container was started.');
    return latest;
  }

  readonly equipment: HostEquipment = {
    runtime: new FakeRuntime(this),
    channelServer: new FakeChannelServer(this),
    channelPort: 1,
    hold: new Hold(),
    settings: {
      defaults: { ...NO_MORE_THAN_ONE, cpuWeight: 1, network: { policy: 'none' } },
      caps: { ...NO_MORE_THAN_ONE, network: 'none' },
      maxMessageBytes: 1,
      startTimeoutSeconds: 1,
    },
  };
}

/** One container with the channel to it. */
export class FakeContainer extends LanguageWorkerChannel implements RunningContainer {
  readonly engineId = null;
  readonly appDirectory = '/app';
  killed = false;
  /** Of the processor, what it was limited to after its start. */
  share: CpuShare | undefined;
  paused = false;
  resumeFailure: Error | undefined;
  specialiseFailure: Error | undefined;
  /** What it was specialised with. */
  environment: Readonly<Record<string, string>> | undefined;
  /** An engine takes its time. */
  killTakesMs = 0;
  answersPings = true;
  readonly #exit = Promise.withResolvers<ContainerExit>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #calls = new Map<string, Call>();
  readonly #listeners: ((line: ContainerOutputLine) => void)[] = [];

  constructor(
    readonly id: string,
    private readonly problems: readonly string[],
  ) {
    super();
  }

  get exited(): Promise<ContainerExit> {
    return this.#exit.promise;
  }

  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  onOutput(listener: (line: ContainerOutputLine) => void): void {
    this.#listeners.push(listener);
  }

  async kill(): Promise<void> {
    this.killed = true;
    if (this.killTakesMs > 0) await delay(this.killTakesMs);
    this.exit({ exitCode: 137, cause: 'ordered', lastStderr: '' });
  }

  async initialise(): Promise<void> {}

  async specialise({ environment }: { environment: Readonly<Record<string, string>> }): Promise<LoadedApp> {
    if (this.specialiseFailure) throw this.specialiseFailure;
    this.environment = environment;
    return this.loadApp();
  }

  async environmentWith(settings: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    return { FAKE: '1', ...settings };
  }

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    if (this.resumeFailure) throw this.resumeFailure;
    this.paused = false;
  }

  async relayHttp(): Promise<void> {}

  async limitCpu(share: CpuShare): Promise<boolean> {
    this.share = share;
    return true;
  }

  async readUse(): Promise<null> {
    return null;
  }

  async loadApp(): Promise<LoadedApp> {
    const [first, ...others] = this.problems;
    return first === undefined
      ? { problems: [], functions: [] }
      : { problems: [first, ...others], functions: [] };
  }

  invoke(invocation: ChannelInvocation): Promise<ChannelResult> {
    return new Promise((resolve, reject) => this.#calls.set(invocation.invocationId, { resolve, reject }));
  }

  cancel(): void {}

  async ping(): Promise<number | null> {
    return this.answersPings ? 0 : null;
  }

  terminate(): void {
    this.exit({ exitCode: 0, cause: 'exited', lastStderr: '' });
  }

  /** The invocations that are under way, the oldest first. */
  get inFlight(): string[] {
    return [...this.#calls.keys()];
  }

  succeed(invocationId: string): void {
    this.#take(invocationId).resolve({ state: 'succeeded', output: {} });
  }

  answer(invocationId: string, result: ChannelResult): void {
    this.#take(invocationId).resolve(result);
  }

  fail(invocationId: string, error: Error): void {
    this.#take(invocationId).reject(error);
  }

  exit(exit: ContainerExit): void {
    for (const id of this.inFlight) this.fail(id, new ChannelClosedError('The stream ended.'));
    this.#closed.resolve();
    this.#exit.resolve(exit);
  }

  print(text: string): void {
    for (const listener of this.#listeners) listener({ stream: 'stdout', text });
  }

  #take(invocationId: string): Call {
    const call = this.#calls.get(invocationId);
    if (!call) throw new Error(`${invocationId} is not under way.`);
    this.#calls.delete(invocationId);
    return call;
  }
}

class FakeRuntime extends ContainerRuntime {
  readonly os = 'linux';
  readonly kind = 'process';
  readonly canPause = true;
  readonly traits = { engineVersion: null, isolation: null };

  constructor(private readonly fake: FakeContainers) {
    super();
  }

  get canPrewarm(): boolean {
    return this.fake.canPrewarm;
  }

  async prepare(): Promise<{ channelHost: string }> {
    return { channelHost: '127.0.0.1' };
  }

  async check(): Promise<void> {}

  async reconcile(): Promise<void> {}

  async start(spec: ContainerSpec): Promise<RunningContainer> {
    const { id, token } = spec;
    this.fake.specs.push(spec);
    const container = new FakeContainer(id, this.fake.problems);
    this.fake.started.push(container);
    this.fake.byToken.set(token, container);
    if (this.fake.exitWhileLoading) container.exit(this.fake.exitWhileLoading);
    return container;
  }

  async close(): Promise<void> {}
}

class FakeChannelServer extends ChannelServer {
  constructor(private readonly fake: FakeContainers) {
    super();
  }

  async listen(): Promise<number> {
    return 1;
  }

  /** The container is started after this was called: its stream opens a little later. */
  async accept(token: string): Promise<LanguageWorkerChannel> {
    for (;;) {
      const container = this.fake.byToken.get(token);
      if (container)
        return this.fake.exitWhileLoading || this.fake.hangsWhileLoading
          ? new Promise(() => undefined)
          : container;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  forget(): void {}

  async close(): Promise<void> {}
}
