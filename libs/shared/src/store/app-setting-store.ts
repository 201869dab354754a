import type { NewSchedule } from './catalogue-store.js';

/** A value that can't be read without its key. */
export interface SealedSetting {
  readonly name: string;
  /** Names the key, without saying anything of it. */
  readonly keyId: string;
  /** Base64. */
  readonly sealed: string;
}

export interface StoredSetting extends SealedSetting {
  readonly changedAt: Date;
  readonly changedBy: string;
}

export interface StoredSettings {
  /** Grows with each change; 0: there never were any. */
  readonly revision: number;
  /** By name, without regard to case. */
  readonly settings: readonly StoredSetting[];
}

export interface SettingsChange {
  readonly appId: string;
  /** The revision that the change was made from. */
  readonly revision: number;
  readonly set: readonly SealedSetting[];
  /** Names; one that is not there is passed over. */
  readonly remove: readonly string[];
  readonly changedBy: string;
  /** Of all settings as they are then: functions, in lower case. */
  readonly disabledFunctions: readonly string[];
  /** What the app's active version becomes by them; null: there is none. */
  readonly triggers: ActiveTriggers | null;
}

/** The schedules of an active version. */
export interface ActiveTriggers {
  readonly appVersionId: string;
  readonly schedules: readonly NewSchedule[];
}

/** Apps' settings, sealed. Case does not count in their names. Nobody but management reads them. */
export abstract class AppSettingStore {
  abstract read(appId: string): Promise<StoredSettings>;
  /**
   * In one transaction with the app's and the catalogue's revision, which it raises. False, and nothing is changed: the settings
   * have another revision by now, or another version is active. Throws `NotFoundError`.
   */
  abstract change(change: SettingsChange): Promise<boolean>;
  /**
   * Replaces values by the same ones under another key: no change that anybody is told of. One that has been changed meanwhile is
   * left alone. Gives how many were replaced.
   */
  abstract reseal(
    appId: string,
    settings: readonly { readonly before: SealedSetting; readonly after: SealedSetting }[],
  ): Promise<number>;
  /** Of the keys that any value is sealed by. */
  abstract keyIds(): Promise<readonly string[]>;
}
