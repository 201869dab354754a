/**
 * Azure's kinds of keys: `function` opens one function, `host` every function of an app, `system` the webhook of an extension in an app,
 * `master` everything of the installation.
 */
export type AccessKeyScope = 'function' | 'host' | 'system' | 'master';

export interface AccessKey {
  readonly id: string;
  readonly scope: AccessKeyScope;
  /** Null for the master key. */
  readonly appId: string | null;
  /** Null unless the scope is `function`. */
  readonly functionName: string | null;
  readonly name: string;
  /** Hexadecimal sha256 of the key: keys are 256 random bits, a slow hash would add nothing. */
  readonly hash: string;
  readonly createdAt: Date;
}
