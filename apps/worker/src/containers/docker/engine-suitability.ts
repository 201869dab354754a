/** The part of the engine's description of itself that matters here. */
export interface EngineFacts {
  readonly OSType?: string;
  /** A Windows engine's way to keep containers apart unless told otherwise: `process` or `hyperv`. */
  readonly Isolation?: string;
  readonly OSVersion?: string;
  /** Of the engine itself. */
  readonly ServerVersion?: string;
  readonly KernelVersion?: string;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  /** How it names control groups: `cgroupfs` by path, `systemd` by slices. */
  readonly CgroupDriver?: string;
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
  readonly CPUShares?: boolean;
  /** Such as `name=seccomp,profile=default`. */
  readonly SecurityOptions?: readonly string[];
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
  if (seccompOf(facts) === 'unconfined') {
    return {
      problem:
        'it runs containers without a seccomp profile (seccomp-profile is "unconfined"): take that out of its configuration',
      warnings: [],
    };
  }
  const missing = [
    ...(facts.MemoryLimit === false ? ['memory'] : []),
    ...(facts.CpuCfsQuota === false ? ['processor time'] : []),
    ...(facts.PidsLimit === false ? ['the number of processes'] : []),
  ];
  const limits = missing.map((what) => `The engine can not limit ${what}: one function can take all of it.`);
  return { warnings: [...limits, ...unconfined(facts)] };
}

const NO_SECCOMP =
  'The engine has no seccomp: functions can make every system call that the kernel knows, and find its faults.';
const NO_WEIGHTS = 'The engine can not weigh processor time: cpuWeight has no effect.';

function unconfined(facts: EngineFacts): string[] {
  return [
    ...(seccompOf(facts) === 'none' ? [NO_SECCOMP] : []),
    ...(facts.CPUShares === false ? [NO_WEIGHTS] : []),
  ];
}

/** An engine that says nothing of its security is asked for nothing. */
function seccompOf({ SecurityOptions: options }: EngineFacts): 'confined' | 'unconfined' | 'none' {
  if (options === undefined) return 'confined';
  const seccomp = options.find((option) => option.startsWith('name=seccomp'));
  if (seccomp === undefined) return 'none';
  return seccomp.includes('profile=unconfined') ? 'unconfined' : 'confined';
}
