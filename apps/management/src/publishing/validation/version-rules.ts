import { triggerOf, type FunctionDefinition, type HostConfig } from '#shared/domain/function-app.js';
import type { NewAppVersion } from '#shared/store/catalogue-store.js';
import { HTTP_TRIGGER } from '../../catalogue/http-declaration.js';
import { TIMER_TRIGGER } from '../../catalogue/timer-declaration.js';
import type { AppSettings } from '../../catalogue/trigger-settings.js';
import type { Findings } from './findings.js';
import { checkRoutes } from './route-rules.js';
import { checkTimers } from './timer-rules.js';

/** All that publishing needs to know of the functions that were found in a package. */
export interface VersionFindings extends Findings {
  readonly schedules: NewAppVersion['schedules'];
}

/** Azure's rule; "host" would be confused with the host's own keys and routes. */
const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,127}$/;

/** Their messages come from a batch's items so far; what reads a real queue is still to come. */
const MESSAGE_TRIGGERS: readonly { readonly type: string; readonly sourceSetting: string }[] = [
  { type: 'queueTrigger', sourceSetting: 'queueName' },
  { type: 'serviceBusTrigger', sourceSetting: 'queueName' },
  { type: 'eventHubTrigger', sourceSetting: 'eventHubName' },
];

/** Checks a version's functions against each other and against what Nightjar can run. Pure. */
export function checkVersion(
  host: HostConfig,
  functions: readonly FunctionDefinition[],
  settings: AppSettings,
): VersionFindings {
  if (functions.length === 0) {
    return {
      problems: [
        'There are no functions in the package. v4: "main" of package.json must lead to the file that calls app.http(…) and the like; v3: each function is a folder with a function.json.',
      ],
      notes: [],
      schedules: [],
    };
  }
  const names = checkNames(functions);
  const triggers = functions.map(checkTrigger);
  const routes = checkRoutes(host, functions);
  const timers = checkTimers(functions, settings);
  const all: readonly Findings[] = [names, ...triggers, routes, timers];
  return {
    problems: all.flatMap(({ problems }) => problems),
    notes: all.flatMap(({ notes }) => notes),
    schedules: timers.schedules,
  };
}

function checkNames(functions: readonly FunctionDefinition[]): Findings {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { name } of functions) {
    const lower = name.toLowerCase();
    if (!FUNCTION_NAME.test(name) || lower === 'host') {
      problems.push(
        `Function "${name}": its name must be a letter and up to 127 letters, digits, "_" or "-", and not "host".`,
      );
    }
    if (seen.has(lower)) problems.push(`Function "${name}": there are two of this name.`);
    seen.add(lower);
  }
  return { problems, notes: [] };
}

function checkTrigger(definition: FunctionDefinition): Findings {
  const { name, bindings } = definition;
  const triggers = bindings.filter(({ type }) => type.toLowerCase().endsWith('trigger'));
  const trigger = triggerOf(definition);
  if (!trigger) return { problems: [`Function "${name}": it has no trigger binding.`], notes: [] };
  if (triggers.length > 1) {
    const types = triggers.map(({ type }) => type).join(', ');
    return { problems: [`Function "${name}": it has more than one trigger binding (${types}).`], notes: [] };
  }
  const type = trigger.type.toLowerCase();
  if (type === HTTP_TRIGGER || type === TIMER_TRIGGER) return { problems: [], notes: [] };
  const message = MESSAGE_TRIGGERS.find((known) => known.type.toLowerCase() === type);
  if (message)
    return { problems: [], notes: [messageNote(name, message.type, trigger[message.sourceSetting])] };
  const known = ['httpTrigger', 'timerTrigger', ...MESSAGE_TRIGGERS.map((each) => each.type)].join(', ');
  return {
    problems: [
      `Function "${name}": ${placeOf(definition)} "${trigger.type}" is not a trigger that Nightjar runs (${known}).`,
    ],
    notes: [],
  };
}

function messageNote(name: string, type: string, source: unknown): string {
  const what = typeof source === 'string' ? `"${source}"` : 'its source';
  return `Function "${name}" (${type}) is run by batches; Nightjar does not read ${what} itself yet.`;
}

/** Where the user finds it: in a function.json, or in the options of a registration. */
function placeOf({ programmingModel, bindings }: FunctionDefinition): string {
  const index = bindings.findIndex(({ type }) => type.toLowerCase().endsWith('trigger'));
  return programmingModel === 'v3' ? `bindings[${index}].type of its function.json,` : "the trigger's type";
}
