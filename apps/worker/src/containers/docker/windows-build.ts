/** Where an engine may say its version of Windows: `10.0.20348` or `10.0 20348 (20348.1.amd64fre.fe_release.210507-1500)`. */
export interface WindowsVersionFacts {
  readonly OSVersion?: string;
  readonly KernelVersion?: string;
}

/** The build number by which Windows versions are told apart, such as 20348 for Server 2022; undefined when it is not said. */
export function windowsBuild({ OSVersion, KernelVersion }: WindowsVersionFacts): number | undefined {
  return buildOf(OSVersion) ?? buildOf(KernelVersion);
}

/** Of a version such as `10.0.20348.2322`. */
export function buildOf(version: string | undefined): number | undefined {
  const build = version?.match(/^\d+\.\d+[. ](\d+)/)?.[1];
  return build === undefined ? undefined : Number(build);
}
