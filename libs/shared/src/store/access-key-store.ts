import type { AccessKey } from '../domain/access-key.js';

/** Hashed function, host, system and master keys. */
export abstract class AccessKeyStore {
  /** False when a key of this scope, app, function and name exists. */
  abstract add(key: Omit<AccessKey, 'createdAt'>): Promise<boolean>;
  /** Adds a key, or gives the one of this scope, app, function and name its hash; that one keeps its id. */
  abstract put(key: Omit<AccessKey, 'createdAt'>): Promise<'added' | 'replaced'>;
  /** Every key that can open something of this app, the master key among them. */
  abstract listForApp(appId: string): Promise<readonly AccessKey[]>;
  abstract listAll(): Promise<readonly AccessKey[]>;
  abstract remove(id: string): Promise<boolean>;
}
