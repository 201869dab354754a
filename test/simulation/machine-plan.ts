import { compileCapacityPolicy } from '#shared/contracts/capacity-policy/compile-policy.js';
import type { CapacityPolicy } from '#shared/domain/capacity/capacity-policy.js';
import { LocalTime } from './local-time.js';
import type { Random } from './random.js';

/** What a machine is and how its owner lives with it; does not change while the simulation runs. */
export interface MachinePlan {
  readonly policy: CapacityPolicy;
  /** Whether the policy keeps to nights and weekends. */
  readonly hasHours: boolean;
  readonly localTime: LocalTime;
  readonly cores: number;
  readonly owner: 'office' | 'shift' | 'none';
  readonly isLaptop: boolean;
  /** Switched off, or taken home, when its owner leaves. */
  readonly isOffAtNight: boolean;
  /** Local minute of the day at which it is backed up or scanned. */
  readonly backupMinute: number;
}

const ZONES = ['Europe/Berlin', 'Europe/London', 'America/New_York'] as const;

/** How a fleet is mixed; a half of its desktops keep to nights and weekends. */
const PROFILES = [
  [45, 'desktop-suspend'],
  [35, 'desktop-vacate'],
  [10, 'background'],
  [10, 'dedicated'],
] as const;

/** Draws the machines of a fleet. Machines of one kind share a policy, as those of one group do. */
export class Fleet {
  private readonly policies = new Map<string, CapacityPolicy>();
  private readonly localTimes: ReadonlyMap<string, LocalTime>;

  constructor(startUtcMs: number, days: number) {
    this.localTimes = new Map(ZONES.map((zone) => [zone, new LocalTime(zone, startUtcMs, days)]));
  }

  draw(random: Random): MachinePlan {
    const profile = random.pick(PROFILES);
    const timeZone = random.pick([
      [7, ZONES[0]],
      [2, ZONES[1]],
      [1, ZONES[2]],
    ] as const);
    const isDesktop = profile.startsWith('desktop-');
    const hasHours = isDesktop && random.chance(0.5);
    const isLaptop = profile !== 'dedicated' && random.chance(0.3);
    return {
      policy: this.policyOf(hasHours ? [profile, 'desktop-hours'] : [profile], timeZone),
      hasHours,
      localTime: this.localTimes.get(timeZone) as LocalTime,
      cores: random.pick([
        [3, 4],
        [5, 8],
        [2, 16],
      ] as const),
      owner:
        profile === 'dedicated'
          ? 'none'
          : random.pick([
              [9, 'office'],
              [1, 'shift'],
            ] as const),
      isLaptop,
      isOffAtNight: profile !== 'dedicated' && random.chance(isLaptop ? 0.4 : 0.1),
      backupMinute: Math.floor(random.between(20 * 60, 24 * 60)),
    };
  }

  private policyOf(profile: readonly string[], timeZone: string): CapacityPolicy {
    const key = [...profile, timeZone].join();
    const known = this.policies.get(key);
    if (known) return known;
    const layers = { pool: { exclusiveApps: ['presentation'] }, group: { profile } };
    const policy = compileCapacityPolicy(layers, { timeZone, canPause: true });
    this.policies.set(key, policy);
    return policy;
  }
}
