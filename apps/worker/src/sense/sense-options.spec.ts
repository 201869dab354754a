import { describe, expect, it } from '@jest/globals';
import { parseSenseOptions } from './sense-options.js';

describe('parseSenseOptions', () => {
  it('has defaults', () => {
    expect(parseSenseOptions([])).toEqual({
      json: false,
      watch: false,
      dataDir: '.nightjar',
      exclusiveApps: [],
    });
  });

  it('reads every flag, and names as they are compared', () => {
    const flags = ['--json', '--watch', '--data-dir', '/data', '--exclusive-apps', 'OBS64.exe, blender,,'];
    expect(parseSenseOptions(flags)).toEqual({
      json: true,
      watch: true,
      dataDir: '/data',
      exclusiveApps: ['obs64', 'blender'],
    });
  });

  it.each([[['--jsonx']], [['--data-dir']], [['now']]])('refuses %j and says what there is', (flags) => {
    const refused = expect(() => parseSenseOptions(flags));
    refused.toThrow('The flags of sense are not right');
  });
});
