import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { AccessKey } from '#shared/domain/access-key.js';
import { AccessKeyStore } from '#shared/store/access-key-store.js';
import { hashOf, sameHash } from './keys.js';

/** A key that another instance removed works here for this long at most. */
const REFRESH_MS = 3_000;

/** Azure's authorization levels of an HTTP function. */
export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** What a caller wants to reach. */
export interface Guarded {
  readonly appId: string;
  readonly functionName: string;
  readonly level: AuthLevel;
}

type HashedKey = Pick<AccessKey, 'scope' | 'functionName'> & { readonly hash: Buffer };

/** The installation's keys in memory, so that a call costs no query. Refreshed on change, and each few seconds. */
@Injectable()
export class KeyRing implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(KeyRing.name);
  private masterKeys: readonly HashedKey[] = [];
  private keysOfApp: ReadonlyMap<string, readonly HashedKey[]> = new Map();
  private timer: NodeJS.Timeout | undefined;
  private isStale = false;

  constructor(private readonly store: AccessKeyStore) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.timer = setInterval(() => void this.refreshQuietly(), REFRESH_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Reads the keys anew; call it after a change. */
  async refresh(): Promise<void> {
    const keys = await this.store.listAll();
    const byApp = new Map<string, HashedKey[]>();
    for (const key of keys) {
      if (key.appId === null) continue;
      byApp.set(key.appId, [...(byApp.get(key.appId) ?? []), hashed(key)]);
    }
    this.masterKeys = keys.filter((key) => key.scope === 'master').map(hashed);
    this.keysOfApp = byApp;
  }

  /** `admin` asks for the master key; `function` for it, a host key of the app or a key of the function. */
  opens(presented: string | undefined, guarded: Guarded): boolean {
    if (guarded.level === 'anonymous') return true;
    if (presented === undefined) return false;
    const hash = hashOf(presented);
    if (holds(this.masterKeys, hash)) return true;
    if (guarded.level === 'admin') return false;
    const keys = this.keysOfApp.get(guarded.appId) ?? [];
    return holds(
      keys.filter((key) => key.scope === 'host' || key.functionName === guarded.functionName),
      hash,
    );
  }

  isMasterKey(presented: string): boolean {
    return holds(this.masterKeys, hashOf(presented));
  }

  /** While SQL is away the keys that are known go on working. */
  private async refreshQuietly(): Promise<void> {
    try {
      await this.refresh();
      this.isStale = false;
    } catch (error) {
      if (!this.isStale) this.logger.warn({ err: error }, 'The access keys could not be read again.');
      this.isStale = true;
    }
  }
}

function hashed(key: AccessKey): HashedKey {
  return { scope: key.scope, functionName: key.functionName, hash: Buffer.from(key.hash, 'hex') };
}

/** Looks at every key, so that the time taken does not say which one came close. */
function holds(keys: readonly HashedKey[], hash: Buffer): boolean {
  return keys.reduce((found, key) => sameHash(key.hash, hash) || found, false);
}
