import type { Logger } from '@nestjs/common';
import type { AllowedTarget } from '#shared/domain/container-settings.js';
import type { AdmittedContainer, AdmittedTarget } from '../filter/bridge-filter.js';
import { resolveList, withTargetsOf, type ResolvedList } from './allow-list.js';
import { updateHostsFile } from './hosts-file.js';
import type { Lookup } from './lookup.js';

/** A container with an allow list, as the engine runs it. */
export interface ListedContainer {
  readonly address: string;
  /** Of its hosts file on the engine's machine. */
  readonly hostsPath: string;
  readonly allow: readonly AllowedTarget[];
  /** What its hosts file was made from. */
  readonly list: ResolvedList;
}

interface Admission extends ListedContainer {
  readonly targets: readonly AdmittedTarget[];
  /** Whether its hosts file says what the list does. */
  readonly isPublished: boolean;
}

/**
 * The containers with an allow list and where each may go now. Names move: they are looked up again while a container runs, the
 * filter follows, and then its hosts file, by which alone it finds them.
 */
export class Admissions {
  private readonly admissions = new Map<string, Admission>();

  constructor(
    private readonly lookup: Lookup,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async resolve(allow: readonly AllowedTarget[]): Promise<ResolvedList> {
    const list = await resolveList(allow, this.lookup);
    if (list.unknown.length > 0) {
      this.logger.warn(
        `Names of an allow list have no IPv4 address now and are looked up again later: ${list.unknown.join(', ')}.`,
      );
    }
    return list;
  }

  /** An address that another container had is this one's from now on. */
  add(engineId: string, container: ListedContainer): void {
    for (const [id, { address }] of this.admissions)
      if (address === container.address) this.admissions.delete(id);
    this.admissions.set(engineId, { ...container, targets: container.list.targets, isPublished: true });
  }

  /** Whether there was one. */
  remove(engineId: string): boolean {
    return this.admissions.delete(engineId);
  }

  containers(): readonly AdmittedContainer[] {
    return [...this.admissions.values()].map(({ address, targets }) => ({ address, targets }));
  }

  /** Looks every name up again. `publish` is due once the filter has followed. */
  async refresh(): Promise<void> {
    await Promise.all(
      [...this.admissions].map(([engineId, admission]) => this.refreshOne(engineId, admission)),
    );
  }

  /** Tells containers the new addresses of their names. */
  async publish(): Promise<void> {
    for (const [engineId, admission] of this.admissions) {
      if (admission.isPublished) continue;
      const names = admission.allow.map(({ host }) => host);
      await updateHostsFile(admission.hostsPath, names, admission.list.hosts).catch((error: unknown) =>
        this.logger.warn(
          `A container keeps the addresses that it was started with. ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
      if (this.admissions.get(engineId) === admission)
        this.admissions.set(engineId, { ...admission, isPublished: true });
    }
  }

  private async refreshOne(engineId: string, admission: Admission): Promise<void> {
    const list = await resolveList(admission.allow, this.lookup, admission.list);
    if (this.admissions.get(engineId) !== admission) return;
    const isSame = JSON.stringify(list.hosts) === JSON.stringify(admission.list.hosts);
    const targets = withTargetsOf(list, admission.list);
    this.admissions.set(engineId, {
      ...admission,
      list,
      targets,
      isPublished: admission.isPublished && isSame,
    });
  }
}
