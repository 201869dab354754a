import { LRUCache } from 'lru-cache';
import { APP_SETTINGS_ROUTE, appSettingsAnswerSchema } from '#shared/contracts/worker-api.js';
import type { AppVersion } from '#shared/domain/function-app.js';
import { SettingValues, type RunnableVersion } from './setting-values.js';

const APPS_KEPT = 200;
const ASK_TIMEOUT_MS = 10_000;

/** Thrown when management does not give the settings of an app: without them its code must not run. The platform's fault, try again. */
export class AppSettingsUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AppSettingsUnavailableError';
  }
}

/**
 * Reads apps' settings from management, by this machine's key and the grant of a job. They are kept in memory alone, for as long
 * as their revision is the newest that is known.
 */
export class AppSettings {
  readonly #known = new LRUCache<
    string,
    { readonly revision: number; readonly values: Promise<SettingValues> }
  >({
    max: APPS_KEPT,
  });

  constructor(
    private readonly managementUrl: string,
    private readonly workerKey: string,
  ) {}

  /** The version with the settings of its app, as they are at its revision or later. Throws `AppSettingsUnavailableError`. */
  async equip(version: AppVersion, grant: string | undefined): Promise<RunnableVersion> {
    const revision = version.settingsRevision ?? 0;
    // Most apps have none: nobody is asked.
    if (revision === 0) return version;
    const known = this.#known.get(version.appId);
    if (known && known.revision >= revision) return { ...version, settings: await known.values };
    const values = this.read(grant);
    this.#known.set(version.appId, { revision, values });
    values.catch(() => this.#forget(version.appId, values));
    return { ...version, settings: await values };
  }

  /** Of the app that the grant is for, as they are now. Throws `AppSettingsUnavailableError`. */
  async read(grant: string | undefined): Promise<SettingValues> {
    if (grant === undefined)
      throw new AppSettingsUnavailableError(
        'The job came from a management that knows no app settings, and its app has some.',
      );
    const response = await this.#ask(grant);
    if (!response.ok) {
      await response.body?.cancel();
      throw new AppSettingsUnavailableError(
        `Management answered ${response.status} when asked for the settings of an app.`,
      );
    }
    const answer = appSettingsAnswerSchema.safeParse(await response.json().catch(() => null));
    // Why it is none is not said: that might name values.
    if (!answer.success)
      throw new AppSettingsUnavailableError("Management's answer with the settings of an app is none.");
    return new SettingValues(answer.data.settings);
  }

  async #ask(grant: string): Promise<Response> {
    try {
      return await fetch(new URL(APP_SETTINGS_ROUTE, this.managementUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${this.workerKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ grant }),
        signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      });
    } catch (error) {
      throw new AppSettingsUnavailableError('Management can not be asked for the settings of an app.', {
        cause: error,
      });
    }
  }

  #forget(appId: string, values: Promise<SettingValues>): void {
    if (this.#known.peek(appId)?.values === values) this.#known.delete(appId);
  }
}
