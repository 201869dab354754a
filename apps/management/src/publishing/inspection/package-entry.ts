/** A file or folder of a zip, as its central directory describes it: nothing of it has been unpacked. */
export interface PackageEntry {
  /** As written, but for a "./" before it. */
  readonly path: string;
  readonly packedBytes: number;
  /** What the zip claims; whoever unpacks it must hold it to that. */
  readonly unpackedBytes: number;
  readonly isEncrypted: boolean;
  /** Neither a plain file nor a folder: a link, a device, a pipe. */
  readonly isSpecial: boolean;
  readonly canBeUnpacked: boolean;
}

/** What a package may have. */
export interface PackageLimits {
  readonly maxPackageFiles: number;
  readonly maxUnpackedBytes: number;
  readonly maxCompressionRatio: number;
}
