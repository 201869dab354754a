import { describe, expect, it } from '@jest/globals';
import { InvalidInputError, UnavailableError } from '#shared/domain/errors.js';
import { newSettingsKey, SettingCipher } from './setting-cipher.js';

const SECRET = 'pässword with "quotes" and 🔑';

describe('SettingCipher', () => {
  const cipher = SettingCipher.of(newSettingsKey());

  it('opens what it has sealed, and never seals alike twice', () => {
    const sealed = cipher.seal('app', 'NAME', SECRET);
    expect(sealed).toMatchObject({ name: 'NAME', keyId: cipher.keyId });
    expect(cipher.open('app', sealed)).toBe(SECRET);
    expect(cipher.seal('app', 'NAME', SECRET).sealed).not.toBe(sealed.sealed);
    expect(Buffer.from(sealed.sealed, 'base64').includes(SECRET)).toBe(false);
  });

  it('keeps an empty value', () => {
    expect(cipher.open('app', cipher.seal('app', 'EMPTY', ''))).toBe('');
  });

  it('refuses a value in the row of another app or name', () => {
    const sealed = cipher.seal('app', 'NAME', SECRET);
    expect(() => cipher.open('other', sealed)).toThrow(UnavailableError);
    expect(() => cipher.open('app', { ...sealed, name: 'OTHER' })).toThrow(/OTHER can not be opened/);
  });

  it('refuses a value of which any byte was changed, and one cut short', () => {
    const sealed = cipher.seal('app', 'NAME', SECRET);
    const content = Buffer.from(sealed.sealed, 'base64');
    for (let index = 0; index < content.length; index += 1) {
      const changed = Buffer.from(content);
      changed[index] = (changed[index] as number) ^ 1;
      expect(() => cipher.open('app', { ...sealed, sealed: changed.toString('base64') })).toThrow(
        UnavailableError,
      );
    }
    for (const length of [0, 5, 12, 27, content.length - 1]) {
      const cut = content.subarray(0, length).toString('base64');
      expect(() => cipher.open('app', { ...sealed, sealed: cut })).toThrow(UnavailableError);
    }
  });

  it('seals by the first of several keys and opens by any', () => {
    const [older, newer] = [newSettingsKey(), newSettingsKey()];
    const before = SettingCipher.of(older).seal('app', 'NAME', SECRET);
    const both = SettingCipher.of(`${newer},\n ${older}`);
    expect(both.open('app', before)).toBe(SECRET);
    const after = both.seal('app', 'NAME', SECRET);
    expect(after.keyId).toBe(SettingCipher.of(newer).keyId);
    expect(SettingCipher.of(newer).open('app', after)).toBe(SECRET);
    expect([both.knows(before.keyId), SettingCipher.of(newer).knows(before.keyId)]).toEqual([true, false]);
    expect(() => SettingCipher.of(newer).open('app', before)).toThrow(
      `NAME is sealed by the key ${before.keyId}, which is not among those of the setting settingsKey`,
    );
  });

  it.each(['', ' , ', 'short', Buffer.alloc(31).toString('base64'), `${newSettingsKey()} not-a-key`])(
    'refuses %j as keys, without repeating them',
    (text) => {
      expect(() => SettingCipher.of(text)).toThrow(InvalidInputError);
      expect(() => SettingCipher.of(text)).toThrow(/^settingsKey/);
      expect(() => SettingCipher.of(text)).not.toThrow(/short|not-a-key|AAAA/);
    },
  );
});
