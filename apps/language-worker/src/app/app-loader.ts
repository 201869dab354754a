import { join } from 'node:path';
import type { ImportTrail } from '../core-module/import-trail.js';
import { AppLoadError, messageOf } from '../errors.js';
import type { LogSender } from '../log-sender.js';
import { locateSyntaxError, locationIn } from './error-location.js';
import { findEntryPoints } from './entry-points.js';
import type { FunctionApp } from './function-app.js';
import { AppStartContext } from './hook-contexts.js';
import { loadScript } from './load-script.js';
import { readPackageJson } from './package-json.js';

/** Runs an app's entry points and what it hooked to its start. */
export class AppLoader {
  readonly #log: LogSender;
  readonly #trail: ImportTrail;

  constructor(log: LogSender, trail: ImportTrail) {
    this.#log = log;
    this.#trail = trail;
  }

  /**
   * Loads the app; never throws. What goes wrong is the app's `startError`: the worker itself is well, and
   * tells it when the host asks for the app's functions.
   */
  async load(app: FunctionApp): Promise<void> {
    try {
      await this.#runEntryPoints(app);
      await this.#runStartHooks(app);
    } catch (error) {
      app.startError = error instanceof AppLoadError ? error : new AppLoadError(messageOf(error), error);
    }
  }

  async #runEntryPoints(app: FunctionApp): Promise<void> {
    const packageJson = await readPackageJson(app.directory);
    if (packageJson === undefined) this.#log.system('debug', 'The app has no package.json.');
    const main = packageJson?.main;
    if (main === undefined) return;
    let current = main;
    try {
      for (const file of await findEntryPoints(app.directory, main)) {
        current = file;
        app.currentEntryPoint = join(app.directory, file);
        await loadScript(app.currentEntryPoint);
      }
    } catch (error) {
      throw await this.explain(`The entry point "${current}"`, app.directory, error);
    } finally {
      app.currentEntryPoint = undefined;
    }
  }

  /** @returns the error for something that can't be loaded, with the place in the app where that is known. */
  async explain(what: string, directory: string, error: unknown): Promise<AppLoadError> {
    await locateSyntaxError(error, this.#trail.latest());
    const location = locationIn(directory, error);
    const place = location === undefined ? '' : ` (${location})`;
    return new AppLoadError(`${what} can't be loaded: ${messageOf(error)}${place}`, error);
  }

  async #runStartHooks(app: FunctionApp): Promise<void> {
    if (!app.hooks.has('appStart')) return;
    const context = new AppStartContext(app.lifecycleHookData, app.appHookData, app.directory);
    try {
      await app.hooks.run('appStart', context);
    } catch (error) {
      throw new AppLoadError(`An appStart hook failed: ${messageOf(error)}`, error);
    }
  }
}
