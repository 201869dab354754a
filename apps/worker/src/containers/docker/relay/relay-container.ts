import type { Engine } from '../engine.js';
import { removeContainer } from '../remove-container.js';
import { relayOptions, type RelayOrder } from './relay-options.js';

/** What a relay needs of the runtime whose containers it belongs to. */
export interface RelayTerms {
  /** Where it is made; asked when it is first needed. */
  order(serverPort: number): Promise<RelayOrder>;
  /** Its name has an owner from now on. */
  own(name: string): void;
  /** @param isGone false: it may still be there */
  release(name: string, isGone: boolean): void;
}

/**
 * The HTTP relay of one container: a container of its own that shares the other's network, there only when it was asked for.
 * It ends by itself soon after the worker has closed the other's stream, and is removed with the other.
 */
export class RelayContainer {
  private starting: Promise<void> | undefined;

  constructor(
    private readonly engine: Engine,
    readonly name: string,
    private readonly terms: RelayTerms,
  ) {}

  /** Throws `EngineUnavailableError`; what stays of a start that failed goes with `remove`. */
  start(serverPort: number): Promise<void> {
    this.starting = this.startOnce(serverPort);
    return this.starting;
  }

  /** Never throws. */
  async remove(): Promise<void> {
    if (!this.starting) return;
    await this.starting.catch(() => undefined);
    const isGone = await removeContainer(this.engine, this.name).then(
      () => true,
      () => false,
    );
    this.terms.release(this.name, isGone);
  }

  private async startOnce(serverPort: number): Promise<void> {
    this.terms.own(this.name);
    const options = relayOptions(await this.terms.order(serverPort));
    const { id } = await this.engine.command('create a relay', (docker, abortSignal) =>
      docker.createContainer({ ...options, abortSignal }),
    );
    await this.engine.command('start a relay', (docker, abortSignal) =>
      docker.getContainer(id).start({ abortSignal }),
    );
  }
}
