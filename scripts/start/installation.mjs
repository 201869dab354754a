import { join } from 'node:path';
import { provisionRedis } from '../redis/provision-redis.mjs';
import { keptSecret } from '../services/kept-secret.mjs';
import { Leftovers } from '../services/leftovers.mjs';
import { putLogAside } from '../services/service-process.mjs';
import { Supervisor } from '../services/supervisor.mjs';
import { inRepository, repositoryFolder } from '../setup/repository.mjs';
import { choosePort } from './choose-port.mjs';
import { serviceEnvironment } from './start-settings.mjs';
import { waitMachine } from './wait-machine.mjs';
import { waitReady } from './wait-ready.mjs';

const READY_WITHIN_MS = 60_000;
/** The first worker on a machine makes the image that functions run in. */
const MACHINE_WITHIN_MS = 180_000;
/** A worker lets its functions come to an end; see the setting shutdownGraceSeconds. */
const WORKER_GRACE_MS = 45_000;
const MANAGEMENT_GRACE_MS = 30_000;

/**
 * Nightjar on this machine: Redis, management and one worker, each a process of its own.
 *
 * While it is starting, a service that ends is the start's failure (a wrong setting would only make it end again).
 * From `keepServing` on, a service that ends is started again.
 */
export class Installation {
  #supervisor;
  #leftovers;
  #failure = new AbortController();
  /** @type {() => Promise<void>} */
  #stopRedis = async () => undefined;

  /** @param {import('./start-settings.mjs').StartSettings} settings */
  constructor(settings) {
    this.settings = settings;
    this.#leftovers = new Leftovers(join(settings.dataFolder, 'services.json'));
    this.#supervisor = new Supervisor(
      {
        started: (name, pid) => this.#leftovers.record(name, pid),
        stopped: (name) => this.#leftovers.forget(name),
        died: (death) => this.#reportDeath(death),
      },
      { restarts: false },
    );
  }

  /** Aborted when a service ended by itself and is not started again; the reason says which. */
  get failed() {
    return this.#failure.signal;
  }

  /** The database as a person looks for it. */
  get database() {
    return this.settings.databaseUrl ?? join(this.settings.dataFolder, 'nightjar.db');
  }

  /**
   * @param {AbortSignal} signal ends the waiting
   * @returns {Promise<{ managementUrl: string }>} when management and the worker are ready
   */
  async start(signal) {
    const { settings } = this;
    const stopped = await this.#leftovers.stopAll();
    if (stopped.length > 0)
      console.log(`Stopped what an earlier start had left running: ${stopped.join(', ')}`);
    for (const name of ['redis', 'management', 'worker'])
      putLogAside(join(settings.logsFolder, `${name}.log`));
    const redis = await provisionRedis({ ...settings, supervisor: this.#supervisor });
    this.#stopRedis = redis.stop;
    console.log(redis.description);
    signal.throwIfAborted();
    return this.#startServices(redis.url, signal);
  }

  keepServing() {
    this.#supervisor.restarts = true;
  }

  async stop() {
    await this.#supervisor.stopAll();
    await this.#stopRedis();
  }

  /** At once, without grace. */
  kill() {
    this.#supervisor.killAll();
  }

  /** @param {string} redisUrl @param {AbortSignal} signal */
  async #startServices(redisUrl, signal) {
    const { port, remark } = await choosePort(this.settings);
    if (remark) console.log(remark);
    const managementUrl = `http://127.0.0.1:${port}`;
    const shared = this.#sharedEnvironment(redisUrl);
    const sinceMs = Date.now();
    this.#addService('management', { ...shared, PORT: String(port) }, MANAGEMENT_GRACE_MS);
    this.#addService('worker', { ...shared, NIGHTJAR_MANAGEMENT_URL: managementUrl }, WORKER_GRACE_MS);
    const either = AbortSignal.any([signal, this.failed]);
    await waitReady(`${managementUrl}/readyz`, { timeoutMs: READY_WITHIN_MS, signal: either });
    console.log(`Management is ready at ${managementUrl}`);
    const { adminKey } = this.settings;
    const machine = await waitMachine(managementUrl, {
      adminKey,
      sinceMs,
      timeoutMs: MACHINE_WITHIN_MS,
      signal: either,
      say: (line) => console.log(line),
    });
    console.log(isolationOf(machine));
    return { managementUrl };
  }

  /** @param {string} redisUrl @returns {Record<string, string>} */
  #sharedEnvironment(redisUrl) {
    const { dataFolder, databaseUrl, workerKey } = this.settings;
    return {
      NIGHTJAR_DATA_DIR: dataFolder,
      REDIS_URL: redisUrl,
      DATABASE_URL: databaseUrl ?? `sqlite:${this.database}`,
      NIGHTJAR_WORKER_KEY: workerKey ?? keptSecret(join(dataFolder, 'worker-key')),
    };
  }

  /** @param {'management' | 'worker'} name @param {Record<string, string>} additions @param {number} graceMs */
  #addService(name, additions, graceMs) {
    this.#supervisor.add({
      name,
      command: process.execPath,
      args: ['--enable-source-maps', inRepository('dist/apps', name, 'src/main.js')],
      env: serviceEnvironment(process.env, additions),
      cwd: repositoryFolder,
      logFile: join(this.settings.logsFolder, `${name}.log`),
      graceMs,
    });
  }

  /** @param {{ name: string, how: string, logFile: string, restartInMs?: number }} death */
  #reportDeath({ name, how, logFile, restartInMs }) {
    const what = `The ${name} process ended by itself (${how}); its log: ${logFile}`;
    if (restartInMs === undefined) this.#failure.abort(new Error(what));
    else console.error(`${what}\nIt is started again in ${restartInMs / 1_000} s.`);
  }
}

/** @param {import('./wait-machine.mjs').ReadyMachine} machine */
function isolationOf({ name, runtime }) {
  return runtime === 'docker'
    ? `The worker ${name} is ready: functions run in containers of the Docker engine`
    : `Warning: the worker ${name} runs functions as plain processes, without isolation: there is no Docker engine ` +
        'that it can use, or its settings say so. That is for a developer’s machine only.';
}
