import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '#shared/domain/ids.js';
import { ChannelClosedError, type LanguageWorkerChannel } from '../../channel/language-worker-channel.js';
import type { RunningContainer } from '../container-runtime.js';
import type { Hold } from '../hold/hold.js';
import { AppLoadError } from './app-load-error.js';
import { ContainerLostError, describeExit, isPlatforms } from './exit-words.js';
import type { AppHostOrder, HostEquipment } from './host-equipment.js';

/** The stream of a process that ends closes first: its exit says more, and comes within this. */
const EXIT_NEWS_SECONDS = 2;

/** A container whose language worker has opened its stream; what the worker has loaded is not said here. */
export interface StartedLanguageWorker {
  readonly container: RunningContainer;
  readonly channel: LanguageWorkerChannel;
  readonly hold: Hold;
}

/**
 * Starts a container and takes its language worker through the first steps; what does not come to their end leaves nothing.
 * @param nextSteps what is to succeed as well, such as loading an app
 * Throws `AppLoadError`, `ContainerLostError`, `EngineUnavailableError`, `ChannelTimeoutError`, and `EvictedError` when the machine is
 * needed meanwhile.
 */
export async function startLanguageWorker<Result>(
  equipment: HostEquipment,
  order: AppHostOrder,
  nextSteps: (started: StartedLanguageWorker) => Promise<Result>,
): Promise<StartedLanguageWorker & { readonly result: Result }> {
  const { runtime, channelServer, channelPort, settings, hold } = equipment;
  const { maxMessageBytes, startTimeoutSeconds } = settings;
  const token = randomBytes(32).toString('hex');
  const accepted = channelServer.accept(token, startTimeoutSeconds);
  accepted.catch(() => undefined);
  let container: RunningContainer | undefined;
  try {
    container = await runtime.start({ ...order, id: newId(), token, channelPort, maxMessageBytes });
    const started = { container, channel: await hold.starting(orExit(container, accepted)), hold };
    return { ...started, result: await hold.starting(orExit(container, nextSteps(started))) };
  } catch (error) {
    channelServer.forget(token);
    await container?.kill();
    throw error;
  }
}

/** Waits for a step of the start; a process that ends by itself meanwhile is the app's fault (its code runs while it is loaded). */
export async function orExit<Step>(container: RunningContainer, step: Promise<Step>): Promise<Step> {
  const exited = container.exited.then((exit): never => {
    throw isPlatforms(exit.cause) ? new ContainerLostError(exit) : new AppLoadError([describeExit(exit)]);
  });
  exited.catch(() => undefined);
  try {
    return await Promise.race([step, exited]);
  } catch (error) {
    if (error instanceof ChannelClosedError)
      await Promise.race([exited, delay(EXIT_NEWS_SECONDS * 1000, undefined, { ref: false })]);
    throw error;
  }
}
