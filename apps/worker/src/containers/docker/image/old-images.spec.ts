import { describe, expect, it } from '@jest/globals';
import { importFailure } from './ensure-image.js';
import { isOld } from './old-images.js';

const HOUR_MS = 3_600_000;
const retention = { installationId: 'home', currentImages: ['nightjar/node:b'], keepHours: 24 };

describe('isOld', () => {
  it.each([
    ['the current image, however old', ['nightjar/node:b'], 1000, false],
    ['a recent one', ['nightjar/node:a'], 23, false],
    ['one of yesterday', ['nightjar/node:a'], 24, true],
    ['one whose name was given to another', undefined, 25, true],
  ])('judges %s', (_which, RepoTags, ageHours, expected) => {
    const now = 1_800_000_000_000;
    expect(isOld({ RepoTags, Created: (now - ageHours * HOUR_MS) / 1000 }, retention, now)).toBe(expected);
  });
});

describe('importFailure', () => {
  it('finds the error among the lines of an answer that began well', () => {
    expect(importFailure('{"status":"sha256:1"}\r\n')).toBeUndefined();
    expect(importFailure('{"status":"…"}\r\n{"error":"no space left on device"}\r\n')).toBe(
      'no space left on device',
    );
  });
});
