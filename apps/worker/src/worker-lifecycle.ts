import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { InvalidInputError } from '#shared/domain/errors.js';
import { SETTINGS, printableSettings, type Settings } from './config.js';
import { folderOf, machineIdIn } from './capacity/machine-identity.js';
import { EnrolmentRefusedError } from './enrolment/enrol.js';
import { machineKey } from './enrolment/machine-key.js';
import { assembleWorker, type AssembledWorker } from './assembly/assemble-worker.js';

const RETRY_MAX_MS = 10_000;

/**
 * Brings the worker up in the order in which its parts need each other, and down in the opposite one.
 * What is away at the start is waited for, the database here and the engine by the watch: a worker is a service of its machine and comes up before its
 * surroundings do.
 */
@Injectable()
export class WorkerLifecycle implements OnApplicationShutdown {
  private readonly logger = new Logger(WorkerLifecycle.name);
  private readonly stopped = new AbortController();
  private worker: AssembledWorker | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /**
   * Resolves once management knows the machine, or it is stopped before; it takes work as soon as it is well.
   * Throws `RuntimeRefusedError`, `EnrolmentRefusedError`, `InvalidInputError`.
   */
  async start(): Promise<void> {
    this.logger.log({ settings: printableSettings(this.settings) }, 'The settings.');
    const workerKey = await this.until('Management does not enrol this machine yet', () => this.findKey());
    if (workerKey === undefined) return;
    const worker = await assembleWorker({ ...this.settings, workerKey }, this.logger);
    this.worker = worker;
    if (worker.warning !== undefined) this.logger.warn(worker.warning);
    await this.until('The database is not ready', () => worker.checkStore());
    if (this.stopped.signal.aborted) return;
    await worker.open();
    this.logger.log(`The worker "${this.settings.name}" is there, with the ${worker.runtimeKind} runtime.`);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.worker?.close(this.settings.shutdownGraceSeconds);
  }

  private async findKey(): Promise<string> {
    const folder = folderOf(this.settings);
    return machineKey(folder, await machineIdIn(folder), this.settings);
  }

  /** What the step gives once it works; undefined when the worker was stopped before. */
  private async until<Result>(problem: string, step: () => Promise<Result>): Promise<Result | undefined> {
    for (let tries = 1; !this.stopped.signal.aborted; tries += 1) {
      try {
        return await step();
      } catch (error) {
        if (error instanceof EnrolmentRefusedError || error instanceof InvalidInputError) throw error;
        const waitMs = Math.min(250 * 2 ** tries, RETRY_MAX_MS);
        this.logger.warn({ err: error }, `${problem}; the next try is in ${waitMs / 1000} s.`);
        await delay(waitMs, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
