import { Injectable } from '@nestjs/common';
import { factsOf, type MachineFacts } from '#shared/contracts/matching/machine-facts.js';
import type { StandingPolicy } from '#shared/domain/machine-policy.js';
import { OFFLINE_AFTER_SECONDS, type Machine } from '#shared/domain/machine.js';
import { MachineStore } from '#shared/store/machine-store.js';
import { PolicyStore } from '#shared/store/policy-store.js';
import { compiledFor, layersFor, policyMachineOf } from '../fleet/machine-policy.js';

/** Heartbeats come each 10 s: reading more often than this would tell little that is new. */
const USUAL_AGE_MS = 5_000;

/** A machine with what requirements and ranks may ask of it. */
export interface KnownMachine {
  readonly machine: Machine;
  readonly facts: MachineFacts;
}

/** All machines whose key is good, by name, as they were at a moment. */
export interface MachinePage {
  readonly machines: readonly KnownMachine[];
}

/** Knows the machines and their facts, online or not, as they were a few seconds ago. */
@Injectable()
export class MachineBook {
  private page: MachinePage = { machines: [] };
  private readAtMs = -Infinity;
  private reading: Promise<MachinePage> | undefined;

  constructor(
    private readonly machines: MachineStore,
    private readonly policies: PolicyStore,
  ) {}

  /** The same object until it is read anew, by one query for all who ask meanwhile. Throws `UnavailableError`. */
  async open(oldestMs = USUAL_AGE_MS): Promise<MachinePage> {
    if (performance.now() - this.readAtMs <= oldestMs) return this.page;
    this.reading ??= this.read().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async read(): Promise<MachinePage> {
    const beganMs = performance.now();
    const [machines, policies] = await Promise.all([
      this.machines.list(OFFLINE_AFTER_SECONDS),
      this.policies.list(),
    ]);
    const profileOf = profiles(policies);
    this.page = {
      machines: machines
        .filter(({ state }) => state !== 'revoked')
        .map((machine) => ({
          machine,
          facts: factsOf(machine, { labels: machine.labels, profile: profileOf(machine) }),
        })),
    };
    this.readAtMs = beganMs;
    return this.page;
  }
}

/** Thousands of machines have a few policies among them: each is compiled once. Null where they contradict each other. */
function profiles(policies: readonly StandingPolicy[]): (machine: Machine) => string | null {
  const known = new Map<string, string | null>();
  return (machine) => {
    const layers = layersFor(machine, policies);
    const key = JSON.stringify([layers, policyMachineOf(machine)]);
    const made = known.get(key);
    if (made !== undefined) return made;
    const profile = compiledFor(layers, policyMachineOf(machine)).explained?.profile ?? null;
    known.set(key, profile);
    return profile;
  };
}
