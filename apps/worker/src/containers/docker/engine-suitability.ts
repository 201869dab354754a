/** The part of the engine's description of itself that matters here. */
export interface EngineFacts {
  readonly OSType?: string;
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
}

/** What is wrong with an engine: `problem` makes it useless, each of `warnings` is a protection that is missing. */
export interface EngineSuitability {
  readonly problem?: string;
  readonly warnings: readonly string[];
}

/** Whether our containers can run on an engine, and how well confined. */
export function judgeEngine(facts: EngineFacts): EngineSuitability {
  if (facts.OSType !== undefined && facts.OSType !== 'linux') {
    return { problem: `its containers are ${facts.OSType} containers, and ours need Linux`, warnings: [] };
  }
  const missing = [
    ...(facts.MemoryLimit === false ? ['memory'] : []),
    ...(facts.CpuCfsQuota === false ? ['processor time'] : []),
    ...(facts.PidsLimit === false ? ['the number of processes'] : []),
  ];
  return {
    warnings: missing.map((what) => `The engine can not limit ${what}: one function can take all of it.`),
  };
}
