import { Injectable } from '@nestjs/common';
import type { AccessKey, AccessKeyScope } from '#shared/domain/access-key.js';
import { InvalidInputError, NotFoundError } from '#shared/domain/errors.js';
import type { FunctionApp } from '#shared/domain/function-app.js';
import { newId } from '#shared/domain/ids.js';
import { AccessKeyStore } from '#shared/store/access-key-store.js';
import { CatalogueStore } from '#shared/store/catalogue-store.js';
import { KeyRing } from './key-ring.js';
import { hashOf, newKey } from './keys.js';

/** Those that belong to an app. */
export type AppKeyScope = Exclude<AccessKeyScope, 'master'>;

export const APP_KEY_SCOPES = ['host', 'function', 'system'] as const satisfies readonly AppKeyScope[];

/** Which of an app's keys is meant. */
export interface AppKeyIdentity {
  readonly app: FunctionApp;
  readonly scope: AppKeyScope;
  /** Null unless the scope is `function`. */
  readonly functionName: string | null;
  readonly name: string;
}

export interface MadeAppKey {
  readonly id: string;
  /** Kept nowhere: whoever made the key is the only one to be told. */
  readonly key: string;
}

/** The keys of function apps, for whichever routes make and remove them. The ring knows of a change before it returns. */
@Injectable()
export class AppKeys {
  constructor(
    private readonly catalogue: CatalogueStore,
    private readonly keys: AccessKeyStore,
    private readonly ring: KeyRing,
  ) {}

  /** Throws `NotFoundError`. */
  async findApp(name: string): Promise<FunctionApp> {
    const app = await this.catalogue.findAppByName(name.toLowerCase());
    if (!app) throw new NotFoundError('function app', name);
    return app;
  }

  /** The name as the active version has it. Throws `NotFoundError`. */
  async functionIn(app: FunctionApp, name: string): Promise<string> {
    const version =
      app.activeVersionId === null ? null : await this.catalogue.findVersion(app.activeVersionId);
    const found = version?.functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!found) throw new NotFoundError('function', name);
    return found.name;
  }

  /** Without the master key: it opens the app too, but is not of it. */
  async list(app: FunctionApp): Promise<readonly AccessKey[]> {
    return (await this.keys.listForApp(app.id)).filter((key) => key.appId === app.id);
  }

  /** Null when there is one of this name. */
  async find({ app, scope, functionName, name }: AppKeyIdentity): Promise<AccessKey | null> {
    const found = (await this.list(app)).find(
      (key) => key.scope === scope && key.functionName === functionName && key.name === name,
    );
    return found ?? null;
  }

  /** Makes a key with a value of its own; null when there is one of this name already. */
  async add(identity: AppKeyIdentity): Promise<MadeAppKey | null> {
    const key = newKey();
    const id = newId();
    const isNew = await this.keys.add({ ...rowOf(identity), id, hash: hashOf(key).toString('hex') });
    if (!isNew) return null;
    await this.ring.refresh();
    return { id, key };
  }

  /**
   * Gives a key a value, whether it was there or not. Throws `InvalidInputError` for a value that could be guessed.
   * @param value absent: one is made
   */
  async set(
    identity: AppKeyIdentity,
    value: string = newKey(),
  ): Promise<{ readonly key: string; readonly isNew: boolean }> {
    mustBeStrong(value);
    const hash = hashOf(value).toString('hex');
    const done = await this.keys.put({ ...rowOf(identity), id: newId(), hash });
    await this.ring.refresh();
    return { key: value, isNew: done === 'added' };
  }

  /** False when it is gone already. */
  async remove(id: string): Promise<boolean> {
    const isRemoved = await this.keys.remove(id);
    await this.ring.refresh();
    return isRemoved;
  }
}

function rowOf({
  app,
  scope,
  functionName,
  name,
}: AppKeyIdentity): Omit<AccessKey, 'id' | 'hash' | 'createdAt'> {
  return { appId: app.id, scope, functionName, name };
}

/** Azure's own have 52 or more. Only a fast hash of a key is kept, so that a short one could be found from it. */
const KEY_MIN_LENGTH = 32;
const KEY_MAX_LENGTH = 512;

function mustBeStrong(value: string): void {
  const isRight =
    /^[\x21-\x7e]+$/.test(value) && value.length >= KEY_MIN_LENGTH && value.length <= KEY_MAX_LENGTH;
  if (isRight) return;
  throw new InvalidInputError(
    `value must be ${KEY_MIN_LENGTH} to ${KEY_MAX_LENGTH} printable ASCII characters without spaces: use POST to have one made.`,
  );
}
