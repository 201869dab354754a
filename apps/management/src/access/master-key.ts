import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId } from '#shared/domain/ids.js';
import { AccessKeyStore } from '#shared/store/access-key-store.js';
import { SETTINGS, type Settings } from '../config.js';
import { KeyRing } from './key-ring.js';
import { hashOf, newKey } from './keys.js';

const FILE_NAME = 'master-key';

/**
 * Makes the installation's master key at its first start. SQL keeps only its hash; the key itself lies in the data folder,
 * readable by its owner alone, until somebody moves it to a safer place.
 */
@Injectable()
export class MasterKey implements OnApplicationBootstrap {
  private readonly logger = new Logger(MasterKey.name);
  private readonly path: string;

  constructor(
    @Inject(SETTINGS) settings: Pick<Settings, 'dataDir'>,
    private readonly store: AccessKeyStore,
    private readonly ring: KeyRing,
  ) {
    this.path = join(settings.dataDir, FILE_NAME);
  }

  async onApplicationBootstrap(): Promise<void> {
    const keys = await this.store.listAll();
    if (keys.some((key) => key.scope === 'master')) return;
    // The file first: a key that only SQL knows would be lost. A file without a row is that of an emptied database.
    const { key, isNew } = await this.findOrMakeFile();
    const isOurs = await this.store.add({
      id: newId(),
      scope: 'master',
      appId: null,
      functionName: null,
      name: '_master',
      hash: hashOf(key).toString('hex'),
    });
    await this.ring.refresh();
    if (isOurs) this.logger.log(`The master key of this installation is in ${this.path}`);
    // An instance with a data folder of its own was first; what was written here opens nothing.
    else if (isNew) await rm(this.path, { force: true });
  }

  private async findOrMakeFile(): Promise<{ key: string; isNew: boolean }> {
    const found = await this.readFile();
    if (found !== null) return { key: found, isNew: false };
    const key = newKey();
    if (await this.writeNewFile(key)) return { key, isNew: true };
    return { key: (await readFile(this.path, 'utf8')).trim(), isNew: false };
  }

  private async readFile(): Promise<string | null> {
    try {
      return (await readFile(this.path, 'utf8')).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Whole or not at all, and never over an existing one; false when there is one by now. */
  private async writeNewFile(key: string): Promise<boolean> {
    const draft = `${this.path}.${newId()}`;
    await mkdir(dirname(this.path), { recursive: true });
    await writeFile(draft, `${key}\n`, { mode: 0o600 });
    try {
      await link(draft, this.path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
  }
}
