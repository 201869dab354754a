import type { AppVersion } from '#shared/domain/function-app.js';

/** An app's settings on their way into its containers. They stand in no property: what prints or sends this prints nothing of them. */
export class SettingValues {
  readonly #values: Readonly<Record<string, string>>;

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values;
  }

  toEnvironment(): Readonly<Record<string, string>> {
    return this.#values;
  }
}

/** A version as a container is got ready for it. */
export type RunnableVersion = AppVersion & {
  /** Absent: its app has none. */
  readonly settings?: SettingValues | undefined;
};
