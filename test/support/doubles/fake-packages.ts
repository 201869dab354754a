import { PackageCache, type HeldPackage } from '../../../apps/worker/src/packages/package-cache.js';

/** For tests: packages that are all there, in one folder of the test's. */
export class FakePackages extends PackageCache {
  /** The digests that somebody holds, once for each time. */
  readonly held: string[] = [];

  constructor(private readonly folder: string) {
    super();
  }

  async folderOf(): Promise<string> {
    return this.folder;
  }

  async hold(digest: string): Promise<HeldPackage> {
    this.held.push(digest);
    const release = (): void => {
      this.held.splice(this.held.indexOf(digest), 1);
    };
    return { folder: this.folder, release };
  }
}
