import { mkdir, readdir, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CpuLimits } from '../../cpu/cpu-share.js';

/** What groups of ours are called, with the worker's id: whoever reads what containers use looks in them too. */
const PREFIX = 'nightjar-';
const PERIOD_US = 100_000;
/** The kernel takes less for a mistake. */
const LEAST_QUOTA_US = 1_000;

/** In which files a group's limits are, by the version of control groups. */
interface GroupFiles {
  readonly folder: string;
  readonly contents: (limits: CpuLimits) => Readonly<Record<string, string>>;
}

/**
 * A control group beside the engine's and those of the owner's programs, in which all containers of one worker are: what it is
 * limited to they are together, and its weight counts against the owner's programs, not only among containers. Writing to it
 * reaches containers that run. It takes the right to make control groups (root), and an engine on the same kernel that names groups
 * by path.
 */
export class ParentGroup {
  /** For the engine. */
  readonly cgroupParent: string;

  private constructor(
    private readonly root: string,
    private readonly name: string,
    private readonly files: GroupFiles,
  ) {
    this.cgroupParent = `/${name}`;
  }

  /** Makes it, without limits whatever an earlier life of the worker left. Undefined where that can't be. @param sys usually `/sys` */
  static async open(sys: string, workerId: string): Promise<ParentGroup | undefined> {
    const root = join(sys, 'fs/cgroup');
    const name = `${PREFIX}${workerId}`;
    try {
      const group = new ParentGroup(root, name, await filesOf(root, name));
      await mkdir(group.files.folder, { recursive: true });
      await group.limit({ cores: null, isLow: false });
      return group;
    } catch {
      return undefined;
    }
  }

  /** Throws what the kernel says, such as that a container in it may have more than that. */
  async limit(limits: CpuLimits): Promise<void> {
    for (const [file, text] of Object.entries(this.files.contents(limits)))
      await writeFile(join(this.files.folder, file), text, { flag: 'r+' });
  }

  /** Removes it in all controllers, where nothing is in it any more. */
  async close(): Promise<void> {
    const places = [
      this.root,
      ...(await readdir(this.root)).map((controller) => join(this.root, controller)),
    ];
    await Promise.allSettled(places.map((place) => rmdir(join(place, this.name))));
  }
}

async function filesOf(root: string, name: string): Promise<GroupFiles> {
  const isVersion2 = await stat(join(root, 'cgroup.controllers')).then(
    () => true,
    () => false,
  );
  if (isVersion2) {
    await writeFile(join(root, 'cgroup.subtree_control'), '+cpu', { flag: 'r+' });
    return { folder: join(root, name), contents: version2 };
  }
  const controller = (await readdir(root)).find((one) => one.split(',').includes('cpu'));
  if (controller === undefined) throw new Error('No controller of processor time is mounted.');
  return { folder: join(root, controller, name), contents: version1 };
}

function version2({ cores, isLow }: CpuLimits): Record<string, string> {
  return {
    'cpu.weight': isLow ? '1' : '100',
    'cpu.max': `${cores === null ? 'max' : quotaOf(cores)} ${PERIOD_US}`,
  };
}

function version1({ cores, isLow }: CpuLimits): Record<string, string> {
  return {
    'cpu.shares': isLow ? '2' : '1024',
    'cpu.cfs_period_us': String(PERIOD_US),
    'cpu.cfs_quota_us': cores === null ? '-1' : String(quotaOf(cores)),
  };
}

function quotaOf(cores: number): number {
  return Math.max(LEAST_QUOTA_US, Math.round(cores * PERIOD_US));
}
