import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManagementFiles } from '../../../../test/support/doubles/management-files.js';
import { FileUrls } from './file-urls.js';

let management: ManagementFiles;
let urls: FileUrls;
let digest: string;

beforeEach(async () => {
  management = await ManagementFiles.start();
  urls = new FileUrls(management.url, management.workerKey);
  digest = management.add(Buffer.from('content'));
});

afterEach(() => management.stop());

describe('FileUrls', () => {
  it('asks once, however many want it and however often', async () => {
    const [first, second] = await Promise.all([urls.urlOf(digest), urls.urlOf(digest)]);
    expect(second).toBe(first);
    expect(await urls.urlOf(digest)).toBe(first);
    expect(management.requests).toEqual(['URL']);
    expect(first).toMatch(new RegExp(`^${management.url}/${digest}`));
  });

  it('asks again shortly before the URL expires', async () => {
    management.urlLifetimeMs = 29_000;
    await urls.urlOf(digest);
    await urls.urlOf(digest);
    expect(management.requests).toEqual(['URL', 'URL']);
  });

  it.each([-3_600_000, 3_600_000])('does not mind that its clock is wrong by %d ms', async (offset) => {
    management.clockOffsetMs = offset;
    await urls.urlOf(digest);
    await urls.urlOf(digest);
    expect(management.requests).toEqual(['URL']);
    management.urlLifetimeMs = 29_000;
    urls.forget(digest);
    await urls.urlOf(digest);
    await urls.urlOf(digest);
    expect(management.requests).toEqual(['URL', 'URL', 'URL']);
  });

  it('says what management answered', async () => {
    await expect(urls.urlOf('0'.repeat(64))).rejects.toThrow('answered 404');
    const stranger = new FileUrls(management.url, 'another key');
    await expect(stranger.urlOf(digest)).rejects.toThrow('answered 401');
  });
});
