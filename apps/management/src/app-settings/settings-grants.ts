import { createHmac, randomBytes } from 'node:crypto';
import type { Store } from '#shared/store/store.js';
import { sameSecret } from '../access/keys.js';

const SECRET_NAME = 'settings-grants';
const DAY_MS = 86_400_000;
/** Work may lie on a queue for days; whatever lies longer gets another grant when it is put there again. */
const LIFETIME_DAYS = 7;

/**
 * Grants: which app's settings a worker may read, for work that it was given. A grant travels with the work's job and is worth
 * nothing without a worker's own key. All instances of the installation share the secret that signs them.
 */
export class SettingsGrants {
  /** By app, of the day: an installation signs a few a day, not one for each call. */
  private readonly issued = new Map<string, string>();
  private issuedOn = -1;

  constructor(private readonly secret: string) {}

  static async open(store: Store): Promise<SettingsGrants> {
    const secret = await store.installationSecret(SECRET_NAME, () => randomBytes(32).toString('base64url'));
    return new SettingsGrants(secret);
  }

  issue(appId: string, nowMs: number): string {
    const today = Math.floor(nowMs / DAY_MS);
    if (today !== this.issuedOn) this.issued.clear();
    this.issuedOn = today;
    const known = this.issued.get(appId);
    if (known !== undefined) return known;
    const lastDay = today + LIFETIME_DAYS;
    const grant = `${appId}.${lastDay}.${this.signatureOf(appId, lastDay)}`;
    this.issued.set(appId, grant);
    return grant;
  }

  /** The app whose settings it lets read; null: it is none of ours, or has expired. */
  appOf(grant: string, nowMs: number): string | null {
    const match = /^([0-9a-f-]{36})\.(\d{1,9})\.([\w-]{43})$/.exec(grant);
    if (!match) return null;
    const [, appId = '', lastDay = '', signature = ''] = match;
    if (!sameSecret(signature, this.signatureOf(appId, Number(lastDay)))) return null;
    return nowMs / DAY_MS < Number(lastDay) + 1 ? appId : null;
  }

  private signatureOf(appId: string, lastDay: number): string {
    return createHmac('sha256', this.secret).update(`${appId}.${lastDay}`).digest('base64url');
  }
}
