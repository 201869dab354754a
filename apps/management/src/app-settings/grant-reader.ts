import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Store } from '#shared/store/store.js';
import { SettingsGrants } from './settings-grants.js';

/** Tells of which app a grant is. */
@Injectable()
export class GrantReader implements OnModuleInit {
  private grants: SettingsGrants | undefined;

  constructor(private readonly store: Store) {}

  async onModuleInit(): Promise<void> {
    this.grants = await SettingsGrants.open(this.store);
  }

  /** Null: it is none of ours, or has expired. */
  appOf(grant: string): string | null {
    return this.grants?.appOf(grant, Date.now()) ?? null;
  }
}
