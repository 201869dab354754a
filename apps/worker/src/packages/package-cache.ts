/** Thrown when a package could not be fetched or its digest is wrong: the platform's fault, try again. */
export class PackageUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PackageUnavailableError';
  }
}

/** A package that stays on this machine until it is released. */
export interface HeldPackage {
  readonly folder: string;
  /** Idempotent. */
  readonly release: () => void;
}

/** Unpacked packages on this machine, by digest. */
export abstract class PackageCache {
  /**
   * The folder of an unpacked package, fetched from management and checked against its digest the first time.
   * Several callers at once cause one download. For a short look: who needs it for long must `hold` it.
   * Throws `PackageUnavailableError`.
   */
  abstract folderOf(digest: string): Promise<string>;
  /** As `folderOf`, and the folder is not removed to make room before everybody who holds it has released it. */
  abstract hold(digest: string): Promise<HeldPackage>;
}
