/** Thrown when a package could not be fetched or its digest is wrong: the platform's fault, try again. */
export class PackageUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PackageUnavailableError';
  }
}

/** Unpacked packages on this machine, by digest. */
export abstract class PackageCache {
  /**
   * The folder of an unpacked package, fetched from management and checked against its digest the first time.
   * Several callers at once cause one download. Throws `PackageUnavailableError`.
   */
  abstract folderOf(digest: string): Promise<string>;
}
