import { afterAll, beforeAll, jest } from '@jest/globals';
import { join } from 'node:path';
import { AppFolders } from './app-folder.js';
import { TestHost, bundleForTests } from './test-host.js';

/** Generous: on a busy machine a process may take seconds to start. */
const TEST_LIMIT_MILLISECONDS = 60_000;

/** What the specs of the bundled worker share. */
export interface HostFixture {
  readonly folders: AppFolders;
  readonly host: TestHost;
}

/** Bundles the worker and starts a host before the specs of this file, and leaves nothing behind them. */
export function withHost(): HostFixture {
  jest.setTimeout(TEST_LIMIT_MILLISECONDS);
  const folders = new AppFolders();
  let host: TestHost | undefined;
  beforeAll(async () => {
    const bundle = join(await folders.make(), 'language-worker.cjs');
    await bundleForTests(bundle);
    host = new TestHost(bundle);
    await host.listen();
  }, TEST_LIMIT_MILLISECONDS);
  afterAll(async () => {
    await host?.close();
    await folders.remove();
  });
  return {
    folders,
    get host() {
      return host!;
    },
  };
}
