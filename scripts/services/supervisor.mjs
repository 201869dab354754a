import { setTimeout as sleep } from 'node:timers/promises';
import { restartDelay } from './restart-delay.mjs';
import { ServiceProcess } from './service-process.mjs';

/**
 * @typedef {object} SupervisorEvents
 * @property {(name: string, pid: number) => void} started
 * @property {(name: string) => void} stopped
 * @property {(death: { name: string, how: string, logFile: string, restartInMs?: number }) => void} died
 */

/**
 * Keeps services running.
 *
 * A service is `running` after `add`. When it ends by itself it is `dead`: with restarts allowed it waits and is
 * `running` again, else the death is only reported. `stopAll` makes everything `stopped`, the last added first,
 * because later services use earlier ones.
 */
export class Supervisor {
  /** @type {ServiceProcess[]} */
  #services = [];
  #closing = new AbortController();

  /**
   * @param {SupervisorEvents} events
   * @param {{ restarts: boolean }} options
   */
  constructor(events, { restarts }) {
    this.events = events;
    this.restarts = restarts;
  }

  /**
   * Starts a service and watches it from then on.
   * @param {import('./service-process.mjs').ServiceDefinition} definition
   */
  add(definition) {
    const service = new ServiceProcess(definition);
    this.#services.push(service);
    this.#start(service);
    void this.#watch(service);
    return service;
  }

  async stopAll() {
    this.#closing.abort();
    for (const service of [...this.#services].reverse()) {
      await service.stop();
      this.events.stopped(service.name);
    }
  }

  /** For a second Ctrl-C: no grace. */
  killAll() {
    this.#closing.abort();
    for (const service of this.#services) service.kill();
  }

  /** @param {ServiceProcess} service */
  #start(service) {
    service.start();
    if (service.pid !== undefined) this.events.started(service.name, service.pid);
  }

  /** @param {ServiceProcess} service */
  async #watch(service) {
    let deathsInARow = 0;
    for (;;) {
      const how = await service.ended;
      if (service.stopping || this.#closing.signal.aborted) return;
      const next = restartDelay({ deathsInARow, livedMs: performance.now() - service.startedAtMs });
      deathsInARow = next.deathsInARow;
      const { name, logFile } = service.definition;
      this.events.died({ name, how, logFile, restartInMs: this.restarts ? next.delayMs : undefined });
      if (!this.restarts) return;
      const slept = await this.#pause(next.delayMs);
      if (!slept) return;
      this.#start(service);
    }
  }

  /** @param {number} delayMs @returns {Promise<boolean>} false when stopped meanwhile */
  #pause(delayMs) {
    return sleep(delayMs, true, { signal: this.#closing.signal }).catch(() => false);
  }
}
