import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AppContainerSettings, ContainerSettings } from '../api-answers.js';
import { UsageError } from '../exit-codes.js';
import { tableLines } from '../terminal/table.js';
import { addAppSettingCommands } from './app-setting-commands.js';
import { asCount, type CommandContext, type CommonOptions, withCommonOptions } from './command-context.js';

interface SettingsOptions extends CommonOptions {
  readonly memory?: number;
  readonly cpus?: number;
  readonly cpuWeight?: number;
  readonly pids?: number;
  readonly tmp?: number;
  readonly network?: string;
  readonly allow?: readonly string[];
  readonly reset?: boolean;
}

const POLICIES = ['none', 'outbound', 'allowList'];
const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

export function addAppCommands(program: Command, context: CommandContext): void {
  const app = program.command('app').description('what an app finds, and what it is allowed');
  addAppSettingCommands(app, context);
  const container = app
    .command('container <app>')
    .description("what an app's containers may take and reach; with options: changes that")
    .option('--memory <size>', 'memory, such as 512MiB', asSize)
    .option('--cpus <count>', 'processors at most, such as 0.5', asNumber)
    .option('--cpu-weight <weight>', 'share while the processors are all busy; 100 is usual', asCount)
    .option('--pids <count>', 'processes and threads at most', asCount)
    .option('--tmp <size>', 'size of /tmp, which is memory', asSize)
    .addOption(new Option('--network <policy>', 'what functions may reach').choices(POLICIES))
    .option('--allow <targets...>', 'with allowList: "host:port" or "10.1.0.0/16:8000-8100"')
    .option('--reset', 'first forget what was set');
  withCommonOptions(container).action(async (name: string, options: SettingsOptions) => {
    const client = context.client(options.url);
    const changes = changesOf(options);
    const isChange = options.reset === true || Object.keys(changes).length > 0;
    const before = options.reset === true ? {} : undefined;
    const answer = isChange
      ? await client.setContainerSettings(name, {
          ...(before ?? (await client.containerSettings(name)).settings),
          ...changes,
        })
      : await client.containerSettings(name);
    for (const line of settingsLines(answer)) context.terminal.line(line);
  });
}

function changesOf(options: SettingsOptions): ContainerSettings {
  const { memory, cpus, cpuWeight, pids, tmp, network, allow } = options;
  if (allow !== undefined && network !== 'allowList')
    throw new UsageError('--allow needs --network allowList');
  return {
    ...(memory !== undefined && { memoryBytes: memory }),
    ...(cpus !== undefined && { cpus }),
    ...(cpuWeight !== undefined && { cpuWeight }),
    ...(pids !== undefined && { pids }),
    ...(tmp !== undefined && { tmpBytes: tmp }),
    ...(network !== undefined && { network: { policy: network, ...(allow && { allow }) } }),
  };
}

function settingsLines({ settings, clampedOn }: AppContainerSettings): string[] {
  const { network, ...limits } = settings;
  const rows = Object.entries(limits).map(([name, value]) => [name, String(value)]);
  if (network) rows.push(['network', [network.policy, ...(network.allow ?? [])].join(' ')]);
  const clamped = clampedOn.flatMap(({ machine, settings: its }) =>
    its.map(({ setting, wanted, given }) => `On ${machine}, ${setting} is ${given} in place of ${wanted}.`),
  );
  if (rows.length === 0) return ['Everything is as the settings of each worker say.'];
  return [...tableLines(['SETTING', 'VALUE'], rows), ...clamped];
}

function asSize(text: string): number {
  const match = /^(\d+)(KiB|MiB|GiB|)$/.exec(text);
  const bytes = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN);
  if (!match || !Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('It must be a size such as 512MiB, 2GiB or 536870912.');
  return bytes;
}

function asNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
