/** Of the machine's processors, what all containers together may have. */
export interface CpuLimits {
  /** Null: all of them. */
  readonly cores: number | null;
  /** Whether the machine's other programs go first. */
  readonly isLow: boolean;
}

/** Of the processors, what one container may have. */
export interface CpuShare {
  /** May be a fraction. */
  readonly cpus: number;
  /** Against others while the processors are all busy; 100 is usual. */
  readonly cpuWeight: number;
}

export const UNLIMITED: CpuLimits = { cores: null, isLow: false };

/** Engines refuse less. */
const LEAST_CPUS = 0.01;
const LEAST_WEIGHT = 1;

/**
 * A container's share under limits that are for all.
 * @param own what it has without them
 * @param among how many the cores are divided among; null: something else keeps them together, and each may have them all
 */
export function shareOf(own: CpuShare, limits: CpuLimits, among: number | null): CpuShare {
  const cores = limits.cores ?? Infinity;
  return {
    cpus: Math.min(own.cpus, Math.max(LEAST_CPUS, cores / Math.max(1, among ?? 1))),
    cpuWeight: limits.isLow ? LEAST_WEIGHT : own.cpuWeight,
  };
}

export function sameShare(one: CpuShare, other: CpuShare): boolean {
  return one.cpus === other.cpus && one.cpuWeight === other.cpuWeight;
}

export function sameLimits(one: CpuLimits, other: CpuLimits): boolean {
  return one.cores === other.cores && one.isLow === other.isLow;
}
