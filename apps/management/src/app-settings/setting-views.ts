import { z } from 'zod';
import type { ShownSetting } from './app-settings.js';

const settingSchema = z.object({
  name: z.string(),
  changedAt: z.iso.datetime(),
  changedBy: z.string(),
  keyId: z.string().describe('Names the key that its value is sealed by.'),
  value: z
    .string()
    .optional()
    .describe('Only of settings that tools of deployment read back (SCM_*, …): all others are written only.'),
});

export const settingView = settingSchema.extend({ app: z.string() });

export const settingsView = z.object({
  app: z.string(),
  revision: z.number().int().describe('Grows with each change.'),
  settings: z.array(settingSchema).describe('By name; at most 500.'),
});

export type SettingBody = z.output<typeof settingView>;
export type SettingsBody = z.output<typeof settingsView>;

/** A setting as it is shown: when it was changed and by whom, and its value only where that is no secret. */
export function settingBody(setting: ShownSetting): z.output<typeof settingSchema> {
  return { ...setting, changedAt: setting.changedAt.toISOString() };
}
