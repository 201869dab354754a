import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { InvalidInputError, UnavailableError } from '#shared/domain/errors.js';
import type { SealedSetting } from '#shared/store/app-setting-store.js';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** As NIST SP 800-38D recommends for GCM. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of a hash of the key: enough to tell an installation's few keys apart, and nothing that leads back to one. */
const KEY_ID_CHARS = 12;

/** A 256-bit key by which apps' settings are sealed. */
interface SettingsKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** A new key, as it is written in files and variables: base64. */
export function newSettingsKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** What is wrong with the text of `settingsKey`; null: nothing. Never says what the text is. */
export function settingsKeyProblem(text: string): string | null {
  const words = wordsOf(text);
  if (words.length === 0) return 'must have at least one key';
  const wrong = words.findIndex((word) => keyBytes(word) === null);
  return wrong < 0
    ? null
    : `key ${wrong + 1} must be ${KEY_BYTES} bytes in base64 (44 characters), such as "openssl rand -base64 32" gives`;
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function keyBytes(word: string): Buffer | null {
  const bytes = Buffer.from(word, 'base64');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(word) && bytes.length === KEY_BYTES ? bytes : null;
}

function toKey(bytes: Buffer): SettingsKey {
  const id = createHash('sha256').update('nightjar settings key\0').update(bytes).digest('hex');
  return { id: id.slice(0, KEY_ID_CHARS), bytes };
}

/**
 * Seals settings with AES-256-GCM by the first of its keys, and opens what any of them has sealed. App and name are bound to each
 * value: moved to another row it does not open.
 */
export class SettingCipher {
  private constructor(private readonly keys: readonly SettingsKey[]) {}

  /** @param text keys in base64, apart by commas or white space. Throws `InvalidInputError`. */
  static of(text: string): SettingCipher {
    const problem = settingsKeyProblem(text);
    if (problem !== null) throw new InvalidInputError(`settingsKey: ${problem}.`);
    return new SettingCipher(
      wordsOf(text)
        .flatMap((word) => keyBytes(word) ?? [])
        .map(toKey),
    );
  }

  /** The key that seals from now on. */
  get keyId(): string {
    return this.first.id;
  }

  knows(keyId: string): boolean {
    return this.keys.some(({ id }) => id === keyId);
  }

  seal(appId: string, name: string, value: string): SealedSetting {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.first.bytes, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(appId, name));
    const sealed = Buffer.concat([nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { name, keyId: this.keyId, sealed: sealed.toString('base64') };
  }

  /** Throws `UnavailableError` when its key is not here, or it has been tampered with. */
  open(appId: string, { name, keyId, sealed }: SealedSetting): string {
    const key = this.keys.find(({ id }) => id === keyId);
    if (!key)
      throw new UnavailableError(
        `The app setting ${name} is sealed by the key ${keyId}, which is not among those of the setting settingsKey.`,
      );
    try {
      return openBy(key, Buffer.from(sealed, 'base64'), boundTo(appId, name));
    } catch {
      // What the library says helps nobody, and must not lead anybody to the value.
      throw new UnavailableError(
        `The app setting ${name} can not be opened: its row has been changed by somebody else. Set it again.`,
      );
    }
  }

  private get first(): SettingsKey {
    return this.keys[0] as SettingsKey;
  }
}

function openBy(key: SettingsKey, content: Buffer, bound: Buffer): string {
  const decipher = createDecipheriv(ALGORITHM, key.bytes, content.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bound);
  decipher.setAuthTag(content.subarray(-TAG_BYTES));
  const text = content.subarray(NONCE_BYTES, -TAG_BYTES);
  return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
}

/** Neither an id nor a name has the character between them. */
function boundTo(appId: string, name: string): Buffer {
  return Buffer.from(`nightjar app setting 1\0${appId}\0${name}`);
}
