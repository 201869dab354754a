import { describe, expect, it } from '@jest/globals';
import { newId } from '#shared/domain/ids.js';
import { SettingsGrants } from './settings-grants.js';

const DAY_MS = 86_400_000;
const NOW = 20_000 * DAY_MS + 1;

describe('SettingsGrants', () => {
  const grants = new SettingsGrants('a secret');
  const appId = newId();

  it('lets read the settings of its app, for a week', () => {
    const grant = grants.issue(appId, NOW);
    expect(grants.appOf(grant, NOW)).toBe(appId);
    expect(new SettingsGrants('a secret').appOf(grant, NOW + 7 * DAY_MS)).toBe(appId);
    expect(grants.appOf(grant, NOW + 8 * DAY_MS)).toBeNull();
  });

  it('is the same for a day, and another on the next', () => {
    const grant = grants.issue(appId, NOW);
    expect(grants.issue(appId, NOW + DAY_MS - 2)).toBe(grant);
    expect(grants.issue(newId(), NOW)).not.toBe(grant);
    expect(grants.issue(appId, NOW + DAY_MS)).not.toBe(grant);
  });

  it('is refused for another app, with a later end, of another installation, or cut', () => {
    const grant = grants.issue(appId, NOW);
    const [app = '', end = '', signature = ''] = grant.split('.');
    for (const forged of [
      `${newId()}.${end}.${signature}`,
      `${app}.${Number(end) + 1}.${signature}`,
      new SettingsGrants('another secret').issue(appId, NOW),
      grant.slice(0, -1),
      `${grant}.`,
      '',
    ])
      expect(grants.appOf(forged, NOW)).toBeNull();
  });
});
