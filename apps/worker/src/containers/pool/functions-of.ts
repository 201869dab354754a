import type { FunctionDefinition } from '#shared/domain/function-app.js';
import type { LoadedApp } from '../../channel/language-worker-channel.js';
import { AppLoadError } from './app-load-error.js';

/** The functions of an app that was loaded, by name. Throws `AppLoadError` when it was not. */
export function functionsOf({ functions, problems }: LoadedApp): ReadonlyMap<string, FunctionDefinition> {
  if (problems.length > 0) throw new AppLoadError(problems);
  return new Map(functions.map((definition) => [definition.name, definition]));
}
