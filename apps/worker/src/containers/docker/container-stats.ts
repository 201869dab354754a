import type { ContainerStats } from 'dockerode';
import type { ContainerUse } from '../container-runtime.js';

/** Of the engine's figures those that matter here; which there are depends on its system and its version of control groups. */
type Figures = {
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly memory_stats?: {
    readonly usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
    /** On Windows; without it a virtual machine, of which only what it has committed is known. */
    readonly privateworkingset?: number;
    readonly commitbytes?: number;
  };
};

/**
 * What a container uses by the engine's count. Null where it has no figures: it has ended.
 * @param cpuTimeUnitSeconds nanoseconds for Linux containers, 100 ns for Windows'
 */
export function useOf(stats: ContainerStats, cpuTimeUnitSeconds: number): ContainerUse | null {
  const { cpu_stats: cpu, memory_stats: memory = {} } = stats as unknown as Figures;
  const total = cpu?.cpu_usage?.total_usage ?? 0;
  const bytes = memory.usage ?? memory.privateworkingset ?? memory.commitbytes;
  if (bytes === undefined) return null;
  // File pages that the kernel would give up at once are nobody's, as where control groups are read.
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0;
  return { cpuSeconds: total * cpuTimeUnitSeconds, memoryBytes: Math.max(0, bytes - cache) };
}
