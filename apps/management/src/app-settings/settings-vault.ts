import { join } from 'node:path';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { UnavailableError } from '#shared/domain/errors.js';
import { AppSettingStore } from '#shared/store/app-setting-store.js';
import { SETTINGS, type Settings } from '../config.js';
import { newSettingsKey, SettingCipher } from './setting-cipher.js';
import { findOrMakeKeyFile, readKeyFile } from './settings-key-file.js';

const FILE_NAME = 'settings-key';

/**
 * Holds the keys of apps' settings: those of the setting `settingsKey`, else one that is made at the first start and lies in the
 * data folder, for its owner alone.
 */
@Injectable()
export class SettingsVault implements OnModuleInit {
  private readonly logger = new Logger(SettingsVault.name);
  private readonly path: string;
  private opened: SettingCipher | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'dataDir' | 'settingsKey'>,
    private readonly store: AppSettingStore,
  ) {
    this.path = join(settings.dataDir, FILE_NAME);
  }

  async onModuleInit(): Promise<void> {
    const used = await this.store.keyIds();
    const keys = this.settings.settingsKey ?? (await this.keysOfFile(used.length === 0));
    if (keys === null) return this.complain(used);
    this.opened = SettingCipher.of(keys);
    this.complain(used.filter((id) => !this.opened?.knows(id)));
  }

  /** Throws `UnavailableError` while there is no key. */
  get cipher(): SettingCipher {
    if (this.opened) return this.opened;
    throw new UnavailableError(
      `The key of the app settings is not here: give it to management (setting settingsKey, or the file ${FILE_NAME} of its data folder) and start it again.`,
    );
  }

  /** A new key beside settings that are sealed by another, lost one would only make two halves of them. */
  private async keysOfFile(mayMake: boolean): Promise<string | null> {
    if (!mayMake) return readKeyFile(this.path);
    return findOrMakeKeyFile(this.path, newSettingsKey);
  }

  private complain(missing: readonly string[]): void {
    if (missing.length === 0) return;
    this.logger.error(
      `Some app settings are sealed by keys that are not here (${missing.join(', ')}): their apps do not run until the setting settingsKey names them too.`,
    );
  }
}
