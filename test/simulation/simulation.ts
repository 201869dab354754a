import { decide } from '../../apps/worker/src/capacity/policy/decide.js';
import { NightBatches } from './batches.js';
import { EventQueue } from './event-queue.js';
import { Ledger } from './ledger.js';
import { DAY_MS } from './local-time.js';
import { Fleet } from './machine-plan.js';
import { OwnerDays } from './owner-days.js';
import { Random } from './random.js';
import { SimulatedMachine } from './simulated-machine.js';

/** What is simulated. The same gives the same result. */
export interface SimulationParameters {
  readonly machines: number;
  readonly days: number;
  readonly seed: number;
  /** Core-hours of a night's batches, by core of the fleet. */
  readonly nightHoursPerCore: number;
  /** How long the batches' window is open, from 18:00 UTC on; at most a day. */
  readonly windowHours: number;
}

export interface SimulationResult {
  readonly parameters: SimulationParameters;
  readonly cores: number;
  readonly ledger: Ledger;
  readonly batches: NightBatches['batches'];
}

/** A Monday. Four weeks later, clocks have changed in each of the fleet's zones. */
const START_UTC_MS = Date.parse('2026-10-12T00:00:00Z');

/**
 * Leads a fleet through days and nights, from event to event.
 * @param decideNow the real decision; a test may hand in a wrong one to see that it is found out
 */
export function simulate(parameters: SimulationParameters, decideNow = decide): SimulationResult {
  const { machines: count, days } = parameters;
  const endMs = days * DAY_MS;
  const random = new Random(parameters.seed);
  const fleet = new Fleet(START_UTC_MS, days);
  const plans = Array.from({ length: count }, () => fleet.draw(random));
  const cores = plans.reduce((sum, plan) => sum + plan.cores, 0);
  const batches = new NightBatches(
    cores * parameters.nightHoursPerCore * 3600,
    parameters.windowHours,
    random,
  );
  const ledger = new Ledger();
  const world = new World(batches, endMs);
  const around = { decide: decideNow, batches, ledger, workCameBack: () => world.workCameBack() };
  world.people(
    plans.map((plan) => {
      // A stream of its own: what one machine draws does not change what another meets with.
      const own = new Random(Math.floor(random.next() * 2 ** 32));
      const trace = new Random(Math.floor(random.next() * 2 ** 32));
      return new SimulatedMachine(plan, new OwnerDays(plan, trace, endMs), own, around);
    }),
  );
  world.run();
  return { parameters, cores, ledger, batches: batches.batches };
}

/** The machines and the window's times, in one queue. */
class World {
  private machines: readonly SimulatedMachine[] = [];
  private queue = new EventQueue(0);
  private cameBack = false;

  constructor(
    private readonly batches: NightBatches,
    private readonly endMs: number,
  ) {}

  people(machines: readonly SimulatedMachine[]): void {
    this.machines = machines;
    // The last place is the window's.
    this.queue = new EventQueue(machines.length + 1);
    machines.forEach((machine, index) => this.queue.set(index, machine.nextMs));
    this.queue.set(machines.length, this.batches.nextMs);
  }

  run(): void {
    for (;;) {
      const index = this.queue.first();
      const nowMs = this.queue.momentOf(index);
      if (nowMs >= this.endMs) break;
      const machine = this.machines[index];
      if (machine) this.stepMachine(machine, index, nowMs);
      else this.turnWindow(nowMs);
    }
    for (const machine of this.machines) machine.finish(this.endMs);
  }

  workCameBack(): void {
    this.cameBack = true;
  }

  private stepMachine(machine: SimulatedMachine, index: number, nowMs: number): void {
    machine.step(nowMs);
    this.queue.set(index, machine.nextMs);
    if (this.cameBack) this.offerToOne(nowMs);
  }

  private turnWindow(nowMs: number): void {
    for (const machine of this.machines) machine.account(nowMs);
    this.batches.turn();
    this.queue.set(this.machines.length, this.batches.nextMs);
    if (this.batches.isOpen) this.machines.forEach((machine, index) => this.offer(machine, index, nowMs));
  }

  /** Work that came back goes to one machine that waits; what that leaves, the next one to look takes. */
  private offerToOne(nowMs: number): void {
    this.cameBack = false;
    if (!this.batches.isOpen || !this.batches.ranDry) return;
    const index = this.machines.findIndex((machine) => machine.waitsForWork);
    const machine = this.machines[index];
    if (machine) this.offer(machine, index, nowMs);
  }

  private offer(machine: SimulatedMachine, index: number, nowMs: number): void {
    machine.account(nowMs);
    machine.takeWork(nowMs);
    this.queue.set(index, machine.nextMs);
  }
}
