import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { LoadedApp } from '../../channel/language-worker-channel.js';
import type { RunningContainer } from '../container-runtime.js';
import { AppLoadError } from './app-load-error.js';

/** An app that a container's language worker has loaded. */
export interface ReadyApp {
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** Its HTTP functions take and give bodies piece by piece. */
  readonly streamsHttp: boolean;
}

/**
 * Takes a container on from what its language worker says of the app to an app that can be called: where HTTP streams and the
 * language worker has no relay of its own, one is started beside it.
 * Throws `AppLoadError` when the app was not loaded, `EngineUnavailableError`.
 */
export async function readyApp(
  container: Pick<RunningContainer, 'relayHttp'>,
  loading: Promise<LoadedApp>,
): Promise<ReadyApp> {
  const loaded = await loading;
  if (loaded.problems.length > 0) throw new AppLoadError(loaded.problems);
  const { functions, streaming } = loaded as Extract<LoadedApp, { readonly problems: readonly [] }>;
  if (streaming?.needsRelay) await container.relayHttp(streaming.port);
  return {
    functions: new Map(functions.map((definition) => [definition.name, definition])),
    streamsHttp: streaming !== undefined,
  };
}
