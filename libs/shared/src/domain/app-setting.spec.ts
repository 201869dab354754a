import { describe, expect, it } from '@jest/globals';
import {
  disabledBySettings,
  isReadableSetting,
  settingNameProblem,
  settingsProblem,
  settingValueProblem,
  withDisabled,
  withoutSettings,
} from './app-setting.js';
import type { FunctionDefinition } from './function-app.js';

describe('settingNameProblem', () => {
  it.each([
    'A',
    'DB_PASSWORD',
    'Serilog:MinimumLevel',
    'a.b-c',
    'FUNCTIONS_WORKER_RUNTIME',
    'WEBSITE_TIME_ZONE',
  ])('takes %s', (name) => expect(settingNameProblem(name)).toBeNull());

  it.each(['', 'a b', 'a=b', 'ä', 'a/b', 'a\n', 'x'.repeat(129)])('refuses %j', (name) =>
    expect(settingNameProblem(name)).toMatch(/^a name m/),
  );

  it.each(['WEBSITE_SITE_NAME', 'functions_worker_directory'])('leaves %s to Nightjar', (name) =>
    expect(settingNameProblem(name)).toMatch(/Nightjar itself/),
  );
});

describe('settingValueProblem', () => {
  it('counts bytes, not characters', () => {
    expect(settingValueProblem('x'.repeat(32_767))).toBeNull();
    expect(settingValueProblem('')).toBeNull();
    expect(settingValueProblem('ä'.repeat(16_384))).toMatch(/32767 bytes, this one has 32768/);
  });

  it('refuses what no environment can hold, and does not repeat it', () => {
    expect(settingValueProblem('secret\0')).toMatch(/NUL/);
    expect(settingValueProblem('secret\0')).not.toContain('secret');
  });
});

describe('settingsProblem', () => {
  it('bounds their number and their size together', () => {
    const many = new Map(Array.from({ length: 501 }, (_, index) => [`S${index}`, '']));
    expect(settingsProblem(many)).toMatch(/500 settings, this would be 501/);
    const large = new Map(Array.from({ length: 9 }, (_, index) => [`S${index}`, 'x'.repeat(32_000)]));
    expect(settingsProblem(large)).toMatch(/262144 bytes together, these would have 288018/);
    expect(settingsProblem(new Map([['A', 'b']]))).toBeNull();
  });
});

describe('isReadableSetting', () => {
  it('is yes for what deployment tools read back, and no for whatever may be a secret', () => {
    const readable = [
      'SCM_DO_BUILD_DURING_DEPLOYMENT',
      'website_run_from_package',
      'AzureWebJobs.a.Disabled',
    ];
    expect(readable.filter(isReadableSetting)).toEqual(readable);
    const secret = ['AzureWebJobsStorage', 'DB_PASSWORD', 'MY_SCM_TOKEN', 'WEBSITE_AUTH_ENCRYPTION_KEY'];
    expect(secret.filter(isReadableSetting)).toEqual([]);
  });
});

describe('functions that settings disable', () => {
  it('takes both spellings of Azure, and only what says yes', () => {
    const values = new Map([
      ['AzureWebJobs.Nightly.Disabled', 'true'],
      ['AzureWebJobs_Hourly_Disabled', '1'],
      ['azurewebjobs.daily.disabled', 'TRUE '],
      ['AzureWebJobs.Weekly.Disabled', 'false'],
      ['AzureWebJobsStorage', 'true'],
    ]);
    expect(disabledBySettings(values)).toEqual(['daily', 'hourly', 'nightly']);
  });

  it('disables, and enables nothing', () => {
    const functions = [
      { name: 'Nightly', disabled: false },
      { name: 'other', disabled: true },
      { name: 'third', disabled: false },
    ] as FunctionDefinition[];
    const changed = withDisabled(functions, new Set(['nightly']));
    expect(changed.map(({ disabled }) => disabled)).toEqual([true, true, false]);
    expect(withoutSettings(changed)).toEqual(functions);
  });
});
