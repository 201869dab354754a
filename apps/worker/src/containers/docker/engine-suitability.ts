/** The part of the engine's description of itself that matters here. */
export interface EngineFacts {
  readonly OSType?: string;
  /** A Windows engine's way to keep containers apart unless told otherwise: `process` or `hyperv`. */
  readonly Isolation?: string;
  readonly OSVersion?: string;
  readonly KernelVersion?: string;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
  /** By the engine's clock, ISO 8601. */
  readonly SystemTime?: string;
}

/** What is wrong with an engine: `problem` makes it useless, each of `warnings` is a protection that is missing. */
export interface EngineSuitability {
  readonly problem?: string;
  readonly warnings: readonly string[];
}

/** Whether our containers can run on an engine, and how well confined. */
export function judgeEngine(facts: EngineFacts): EngineSuitability {
  const os = facts.OSType ?? 'linux';
  if (os === 'windows') return { warnings: [] };
  if (os !== 'linux')
    return { problem: `its containers are ${os} containers, which are not known`, warnings: [] };
  const missing = [
    ...(facts.MemoryLimit === false ? ['memory'] : []),
    ...(facts.CpuCfsQuota === false ? ['processor time'] : []),
    ...(facts.PidsLimit === false ? ['the number of processes'] : []),
  ];
  return {
    warnings: missing.map((what) => `The engine can not limit ${what}: one function can take all of it.`),
  };
}
