import type { ContainerSettings } from '../domain/container-settings.js';
import type { AppVersion, FunctionApp, FunctionDefinition, HostConfig } from '../domain/function-app.js';
import type { Schedule } from '../domain/schedule.js';

/** A version that passed its checks and was indexed, ready to be made the active one. */
export interface NewAppVersion {
  readonly id: string;
  readonly appId: string;
  readonly packageDigest: string;
  readonly packageSizeBytes: number;
  readonly host: HostConfig;
  readonly functions: readonly FunctionDefinition[];
  /** See `AppVersion`; absent: it does not. */
  readonly streamsHttp?: boolean | undefined;
  /** One per timer function. */
  readonly schedules: readonly NewSchedule[];
}

/** Without a zone that of management's settings holds. */
export type NewSchedule = Pick<Schedule, 'functionName' | 'expression' | 'useMonitor' | 'runOnStartup'> &
  Partial<Pick<Schedule, 'timeZone'>>;

/** Function apps, their immutable versions and functions. */
export abstract class CatalogueStore {
  /** The app of this name, made if there is none; two callers at once get the same one. */
  abstract findOrCreateApp(name: string): Promise<FunctionApp>;
  abstract findAppByName(name: string): Promise<FunctionApp | null>;
  abstract listApps(): Promise<readonly FunctionApp[]>;
  /**
   * In one transaction: stores the version with its functions and schedules, makes it the app's active one, and
   * raises the catalogue's revision. A schedule whose expression and zone did not change keeps its `activeSince` and `lastPlannedAt`.
   */
  abstract activateVersion(version: NewAppVersion): Promise<AppVersion>;
  abstract findVersion(id: string): Promise<AppVersion | null>;
  /** The active version of each app, the oldest app first. */
  abstract listActiveVersions(): Promise<readonly AppVersion[]>;
  /** An app's own settings of its containers; empty when it has none. */
  abstract containerSettings(appId: string): Promise<ContainerSettings>;
  /** Replaces them, in one transaction with the catalogue's revision, which it raises. Throws `NotFoundError`. */
  abstract setContainerSettings(appId: string, settings: ContainerSettings): Promise<void>;
  /** Grows with every activation and change of settings: a cheap question for instances that keep routes in memory. */
  abstract revision(): Promise<number>;
}
