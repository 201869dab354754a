import { z } from 'zod';
import type { Machine } from '#shared/domain/machine.js';
import type { MachineHour, TimeRange, TimeSum } from '#shared/store/machine-time-store.js';
import { coreHours, sumsOf, usedOfOffered } from './capacity-sums.js';
import { csvLine } from '../../http/csv.js';

export const sumsView = z.object({
  usedCoreHours: z.number().describe('Of processors, by our containers.'),
  offeredCoreHours: z.number().describe('allocated and idle: what work could have.'),
  allocatedCoreHours: z.number().describe('Of machines that had work.'),
  idleCoreHours: z.number().describe('Of machines that were offered, and had none.'),
  ownerCoreHours: z
    .number()
    .describe("Of machines that were their owners', suspended work and evictions among it."),
  downCoreHours: z.number().describe('Of machines that were offline, unhealthy or drained.'),
});

export const capacitySummaryView = sumsView.extend({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  usedOfOffered: z.number().nullable().describe('A share from 0 to 1; null: nothing was offered.'),
  states: z.array(
    z.object({
      state: z.string(),
      reason: z.string().describe('Empty: nothing stood in the way.'),
      machineHours: z.number(),
      coreHours: z.number(),
    }),
  ),
});

const machineHourView = sumsView.extend({
  hour: z.iso.datetime().describe('Its beginning.'),
  machineId: z.string(),
  machine: z.string().describe('Its name now.'),
});

export const capacityHoursView = z.object({
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  hours: z.array(machineHourView),
});

export type CapacitySummaryView = z.infer<typeof capacitySummaryView>;
export type CapacityHoursView = z.infer<typeof capacityHoursView>;
type MachineHourView = z.infer<typeof machineHourView>;

export function toSummaryView({ from, until }: TimeRange, sums: readonly TimeSum[]): CapacitySummaryView {
  const all = sumsOf(sums);
  return {
    from: from.toISOString(),
    until: until.toISOString(),
    usedOfOffered: usedOfOffered(all),
    ...all,
    states: sums.map((one) => ({
      state: one.state,
      reason: one.reason,
      machineHours: coreHours(one.seconds),
      coreHours: coreHours(one.coreSeconds),
    })),
  };
}

/** @param rows by hour and machine, as the store gives them */
export function toHourViews(
  rows: readonly MachineHour[],
  names: ReadonlyMap<string, string>,
): MachineHourView[] {
  const groups = Map.groupBy(rows, ({ hour, machineId }) => `${hour.getTime()} ${machineId}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { hour, machineId } = first;
    return [{ hour: hour.toISOString(), machineId, machine: names.get(machineId) ?? '', ...sumsOf(group) }];
  });
}

export function namesOf(machines: readonly Machine[]): ReadonlyMap<string, string> {
  return new Map(machines.map(({ id, name }) => [id, name]));
}

const SUM_COLUMNS = Object.keys(sumsView.shape) as (keyof z.infer<typeof sumsView>)[];

export const HOURS_HEAD = csvLine(['hour', 'machineId', 'machine', ...SUM_COLUMNS]);

export function hourLine(view: MachineHourView): string {
  return csvLine([view.hour, view.machineId, view.machine, ...SUM_COLUMNS.map((column) => view[column])]);
}

export function summaryLines(sums: readonly TimeSum[]): string {
  const head = ['state', 'reason', 'machineHours', 'coreHours', 'offeredCoreHours', 'usedCoreHours'];
  const lines = sums.map(({ state, reason, ...spent }) => {
    const figures = [spent.seconds, spent.coreSeconds, spent.offeredCoreSeconds, spent.usedCoreSeconds];
    return csvLine([state, reason, ...figures.map(coreHours)]);
  });
  return [csvLine(head), ...lines].join('');
}
