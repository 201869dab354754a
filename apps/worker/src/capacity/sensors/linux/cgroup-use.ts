import { join } from 'node:path';
import type { OwnUsePart } from '../own-use.js';
import { listIfThere, readIfThere } from './files.js';

/** Groups that workers have made for all their containers together. */
const OURS = /^nightjar-/;

/** Where a container's group is: in one of ours, or where the engine puts it by its own driver, or by systemd's. */
function placesOf(id: string, ours: readonly string[]): readonly string[] {
  return [...ours.map((group) => `${group}/${id}`), `docker/${id}`, `system.slice/docker-${id}.scope`];
}

/**
 * What containers use, as the kernel counts it by control group, version 2 or 1. Containers that are not found have ended.
 * @param ids the engine's full ids
 */
export async function readContainerUse(sys: string, ids: readonly string[]): Promise<readonly OwnUsePart[]> {
  const root = join(sys, 'fs/cgroup');
  const isVersion2 = (await readIfThere(join(root, 'cgroup.controllers'))) !== null;
  const read = isVersion2 ? readVersion2 : readVersion1;
  const groups = await listIfThere(isVersion2 ? root : await controllerFolder(root, 'cpuacct'));
  const ours = groups.filter((group) => OURS.test(group));
  const parts = await Promise.all(
    ids.map((id) => firstFound(placesOf(id, ours), (place) => read(root, place, id))),
  );
  return parts.filter((part) => part !== null);
}

async function readVersion2(root: string, place: string, id: string): Promise<OwnUsePart | null> {
  const group = join(root, place);
  const [cpu, memory, memoryStat, pids] = await Promise.all([
    readIfThere(join(group, 'cpu.stat')),
    readIfThere(join(group, 'memory.current')),
    readIfThere(join(group, 'memory.stat')),
    readIfThere(join(group, 'cgroup.procs')),
  ]);
  if (cpu === null || memory === null) return null;
  return {
    id,
    cpuSeconds: statValue(cpu, 'usage_usec') / 1e6,
    memoryBytes: withoutCache(memory, statValue(memoryStat ?? '', 'inactive_file')),
    pids: pidsIn(pids),
  };
}

async function readVersion1(root: string, place: string, id: string): Promise<OwnUsePart | null> {
  const [cpuFolder, memoryFolder] = await Promise.all([
    controllerFolder(root, 'cpuacct'),
    controllerFolder(root, 'memory'),
  ]);
  const [cpu, memory, memoryStat, pids] = await Promise.all([
    readIfThere(join(cpuFolder, place, 'cpuacct.usage')),
    readIfThere(join(memoryFolder, place, 'memory.usage_in_bytes')),
    readIfThere(join(memoryFolder, place, 'memory.stat')),
    readIfThere(join(cpuFolder, place, 'cgroup.procs')),
  ]);
  if (cpu === null || memory === null) return null;
  return {
    id,
    cpuSeconds: Number(cpu) / 1e9,
    memoryBytes: withoutCache(memory, statValue(memoryStat ?? '', 'total_inactive_file')),
    pids: pidsIn(pids),
  };
}

/** Controllers may share a folder: `cpuacct`, `cpu,cpuacct` or `cpuacct,cpu`. */
async function controllerFolder(root: string, controller: string): Promise<string> {
  const names = await listIfThere(root);
  return join(root, names.find((name) => name.split(',').includes(controller)) ?? controller);
}

async function firstFound<T>(
  places: readonly string[],
  read: (place: string) => Promise<T | null>,
): Promise<T | null> {
  for (const place of places) {
    const found = await read(place);
    if (found !== null) return found;
  }
  return null;
}

/** The kernel's count of a group's memory has file pages in it that it would give up at once, as has `MemAvailable`. */
function withoutCache(usage: string, cacheBytes: number): number {
  return Math.max(0, Number(usage) - cacheBytes);
}

function statValue(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

function pidsIn(text: string | null): readonly number[] {
  return (text ?? '').split('\n').filter(Boolean).map(Number);
}
