import { Inject, Injectable, Logger } from '@nestjs/common';
import { disabledBySettings, isReadableSetting, withoutSettings } from '#shared/domain/app-setting.js';
import { ConflictError, InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion, FunctionApp } from '#shared/domain/function-app.js';
import {
  AppSettingStore,
  type ActiveTriggers,
  type SettingsChange,
  type StoredSettings,
} from '#shared/store/app-setting-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { Catalogue } from '../catalogue/catalogue.js';
import {
  appSettingsOf,
  withAppSettings,
  type AppSettings as TriggerValues,
} from '../catalogue/trigger-settings.js';
import { SETTINGS, type Settings } from '../config.js';
import { checkTimers } from '../publishing/validation/timer-rules.js';
import { decideChange, type RequestedSettings } from './settings-change.js';
import { SettingsVault } from './settings-vault.js';

/** Each round somebody else was first: more than a few at once do not come. */
const MOST_TRIES = 8;

/** What is shown of a setting. */
export interface ShownSetting {
  readonly name: string;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly keyId: string;
  /** Of settings that tools of deployment read back; all others are written only. */
  readonly value?: string | undefined;
}

export interface OpenedSettings {
  readonly revision: number;
  readonly values: ReadonlyMap<string, string>;
}

/** Apps' settings: sealed on the way into SQL, opened for their workers and triggers, never shown. */
@Injectable()
export class AppSettings {
  private readonly logger = new Logger(AppSettings.name);

  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'triggerSettings'>,
    private readonly store: AppSettingStore,
    private readonly apps: CatalogueStore,
    private readonly catalogue: Catalogue,
    private readonly vault: SettingsVault,
  ) {}

  async list(
    appId: string,
  ): Promise<{ readonly revision: number; readonly settings: readonly ShownSetting[] }> {
    const { revision, settings } = await this.store.read(appId);
    const shown = settings.map((setting): ShownSetting => {
      const { name, changedAt, changedBy, keyId } = setting;
      const value = isReadableSetting(name) ? this.vault.cipher.open(appId, setting) : undefined;
      return { name, changedAt, changedBy, keyId, value };
    });
    return { revision, settings: shown };
  }

  /** All values, for the app's own code alone. Throws `UnavailableError`. */
  async open(appId: string): Promise<OpenedSettings> {
    const stored = await this.store.read(appId);
    return { revision: stored.revision, values: this.openAll(appId, stored) };
  }

  /**
   * Changes settings, and with them the schedules and the disabled functions of the app's active version. Throws
   * `InvalidInputError` (also where a timer of that version would be left without a good expression) and `UnavailableError`.
   */
  async change(
    app: Pick<FunctionApp, 'id' | 'name'>,
    requested: RequestedSettings,
    mode: 'merge' | 'replace',
    changedBy: string,
  ): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { revision, values: before } = await this.open(app.id);
      const { set, remove, values } = decideChange(before, requested, mode);
      if (set.size === 0 && remove.length === 0) return;
      const { cipher } = this.vault;
      const sealed = [...set].map(([name, value]) => cipher.seal(app.id, name, value));
      const done = await this.write(app, values, { revision, set: sealed, remove, changedBy });
      if (!done) continue;
      this.logger.log(
        { app: app.name, set: [...set.keys()], remove, changedBy },
        'App settings were changed.',
      );
      return this.catalogue.refresh();
    }
    throw new ConflictError(`The settings of "${app.name}" are being changed by others: try again.`);
  }

  /**
   * Has all work of an app go to new containers from now on: its settings get another revision, and stay as they are. What runs comes
   * to its end where it is. Throws `UnavailableError`, `ConflictError`.
   */
  async restart(app: Pick<FunctionApp, 'id' | 'name'>, changedBy: string): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const { revision, values } = await this.open(app.id);
      const disabledFunctions = disabledBySettings(values);
      const triggers = await this.triggersBy(app, values);
      const nothing = { set: [], remove: [], changedBy };
      if (!(await this.store.change({ appId: app.id, revision, ...nothing, disabledFunctions, triggers })))
        continue;
      this.logger.log({ app: app.name, changedBy }, 'The app gets new containers.');
      return this.catalogue.refresh();
    }
    throw new ConflictError(`The settings of "${app.name}" are being changed by others: try again.`);
  }

  /** What the triggers of a version that is to be published may name. Throws `UnavailableError`. */
  async triggerSettings(
    app: Pick<FunctionApp, 'id' | 'name'>,
  ): Promise<{ readonly revision: number; readonly values: TriggerValues }> {
    const { revision, values } = await this.open(app.id);
    return { revision, values: this.forTriggers(app, values) };
  }

  /**
   * To be called when a version has become active whose schedules were made by settings of this revision: where they have changed
   * meanwhile, it gets the schedules of today's. Throws as `change` does.
   */
  async settle(app: Pick<FunctionApp, 'id' | 'name'>, revision: number): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const now = await this.open(app.id);
      if (now.revision === revision) return;
      const change = { revision: now.revision, set: [], remove: [], changedBy: 'publishing' };
      if (await this.write(app, now.values, change)) return this.catalogue.refresh();
    }
  }

  /** Seals all values that are not by the first key anew, by it. Gives how many. Throws `UnavailableError`. */
  async rotate(): Promise<{ readonly keyId: string; readonly resealed: number }> {
    const { cipher } = this.vault;
    let resealed = 0;
    for (const { id } of await this.apps.listApps()) {
      const { settings } = await this.store.read(id);
      const pairs = settings
        .filter(({ keyId }) => keyId !== cipher.keyId)
        .map((before) => ({ before, after: cipher.seal(id, before.name, cipher.open(id, before)) }));
      if (pairs.length > 0) resealed += await this.store.reseal(id, pairs);
    }
    this.logger.log(`${resealed} app settings were sealed anew, by the key ${cipher.keyId}.`);
    return { keyId: cipher.keyId, resealed };
  }

  /** Writes a change with what follows of all `values`; false when somebody else was first. */
  private async write(
    app: Pick<FunctionApp, 'id' | 'name'>,
    values: ReadonlyMap<string, string>,
    change: Pick<SettingsChange, 'revision' | 'set' | 'remove' | 'changedBy'>,
  ): Promise<boolean> {
    return this.store.change({
      ...change,
      appId: app.id,
      disabledFunctions: disabledBySettings(values),
      triggers: await this.triggersBy(app, values),
    });
  }

  private openAll(appId: string, { settings }: StoredSettings): ReadonlyMap<string, string> {
    return new Map(settings.map((one) => [one.name, this.vault.cipher.open(appId, one)]));
  }

  private forTriggers(app: Pick<FunctionApp, 'name'>, values: ReadonlyMap<string, string>): TriggerValues {
    return withAppSettings(appSettingsOf(this.settings.triggerSettings, app.name), values);
  }

  private async triggersBy(
    app: Pick<FunctionApp, 'id' | 'name'>,
    values: ReadonlyMap<string, string>,
  ): Promise<ActiveTriggers | null> {
    const active = await this.activeVersion(app.name);
    if (!active) return null;
    const { problems, schedules } = checkTimers(
      withoutSettings(active.functions),
      this.forTriggers(app, values),
    );
    if (problems.length > 0)
      throw new InvalidInputError('The settings do not fit the timers of the version that runs.', problems);
    return { appVersionId: active.id, schedules };
  }

  /** From SQL: another instance may have published just now. */
  private async activeVersion(appName: string): Promise<AppVersion | null> {
    const app = await this.apps.findAppByName(appName);
    return app?.activeVersionId ? this.apps.findVersion(app.activeVersionId) : null;
  }
}
