import type { Account } from './ledger.js';
import type { SimulationResult } from './simulation.js';

/** A simulation's figures, as lines for a terminal. */
export function reportLines(result: SimulationResult): string[] {
  const { parameters, cores, ledger } = result;
  const { machines, days, seed, nightHoursPerCore, windowHours } = parameters;
  const offered = ledger.inWindow.offered;
  return [
    `${machines} machines (${cores} cores), ${days} days, seed ${seed}`,
    `${nightHoursPerCore} core-hours of work a core and night, in a window of ${windowHours} h`,
    '',
    `harvested in the windows   ${share(ledger.goodput, offered)} of what was offered (${hours(ledger.goodput)} of ${hours(offered)} core-hours)`,
    `offered in the windows     ${share(offered, ledger.inWindow.spare)} of what nobody needed (${hours(ledger.inWindow.spare)} core-hours)`,
    `offered outside them       ${hours(ledger.outside.offered)} core-hours (nothing was there to run)`,
    `badput                     ${share(ledger.badput, ledger.goodput + ledger.badput)} of what was computed; ${ledger.evictions} evictions`,
    `owner violations           ${ledger.violationCount}${violations(result)}`,
    `quarantined                ${ledger.quarantines}`,
    '',
    ...result.batches.map(batchLine),
    '',
    ...stateLines(ledger.inWindow),
  ];
}

function violations({ ledger }: SimulationResult): string {
  return [...ledger.violations].map(([violation, count]) => ` ${violation} ×${count}`).join('');
}

function batchLine({ plan, completionHours, carriedOver }: SimulationResult['batches'][number]): string {
  const sorted = [...completionHours].sort((a, b) => a - b);
  const at = (quantile: number): string => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))];
    return value === undefined ? '–' : `${value.toFixed(2)} h`;
  };
  const times = `P50 ${at(0.5)}, P90 ${at(0.9)}, longest ${at(1)}`;
  return `${plan.name.padEnd(10)} ${String(sorted.length).padStart(3)} runs completed (${times}), ${carriedOver} carried over a window's end`;
}

function stateLines({ byState }: Account): string[] {
  const total = [...byState.values()].reduce((sum, seconds) => sum + seconds, 0);
  const sorted = [...byState].sort(([, a], [, b]) => b - a);
  return [
    'core-time in the windows, by state:',
    ...sorted.map(([state, seconds]) => `  ${state.padEnd(20)} ${share(seconds, total)}`),
  ];
}

function share(part: number, whole: number): string {
  return `${((100 * part) / (whole || 1)).toFixed(1)} %`;
}

function hours(coreSeconds: number): string {
  return Math.round(coreSeconds / 3600).toLocaleString('en-GB');
}
