import { InvalidInputError } from '#shared/domain/errors.js';
import type { AppVersion, FunctionDefinition } from '#shared/domain/function-app.js';
import { triggerOf } from '#shared/domain/function-app.js';
import type { InvocationInput } from '#shared/domain/invocation.js';
import type { JsonValue } from '#shared/domain/json.js';
import { HTTP_TRIGGER, httpDeclarationOf, pathBelowApp } from '../catalogue/http-declaration.js';
import { timerInputOf } from '../triggers/timer/timer-input.js';

/** When and how a function is run by hand. */
export interface ManualRun {
  readonly version: AppVersion;
  readonly definition: FunctionDefinition;
  /** What the caller sent as `input`. */
  readonly input: JsonValue;
  readonly now: Date;
  /** Of the address that the caller used. */
  readonly origin: string;
}

/**
 * What a function that is run by hand is given: a message, a timer that is due now, or a request with the input as its body. A value
 * that is no text is given as JSON. Throws `InvalidInputError` for a trigger that Nightjar does not run.
 */
export function manualInputOf(run: ManualRun): InvocationInput {
  const trigger = triggerOf(run.definition)?.type.toLowerCase();
  const text = typeof run.input === 'string' ? run.input : JSON.stringify(run.input);
  switch (trigger) {
    case HTTP_TRIGGER:
      return httpInput(run, text);
    case 'timertrigger':
      // Its object says what is true: it is run now, by nobody's schedule.
      return {
        kind: 'timer',
        timer: timerInputOf({ nextAt: run.now, isPastDue: false, isMonitored: false, lastPlannedAt: null }),
      };
    case 'queuetrigger':
      return { kind: 'queue', message: text };
    default:
      throw new InvalidInputError(
        `A function with a ${triggerOf(run.definition)?.type ?? 'missing trigger'} can't be run: HTTP, timer and queue triggers can.`,
      );
  }
}

/** By POST where the function takes it, else by the first method that it names. Its route's parameters stay open. */
function httpInput({ version, definition, input, origin }: ManualRun, text: string): InvocationInput {
  const declaration = httpDeclarationOf(definition);
  const methods = declaration?.methods ?? ['POST'];
  const method = methods.includes('POST') ? 'POST' : (methods[0] ?? 'POST');
  const isJson = typeof input !== 'string' || isJsonText(text);
  return {
    kind: 'http',
    request: {
      method,
      url: origin + pathBelowApp(version, declaration?.route ?? definition.name),
      headers:
        text === '' ? {} : { 'content-type': isJson ? 'application/json' : 'text/plain; charset=utf-8' },
      query: {},
      params: {},
      ...(text !== '' && { body: text, bodyEncoding: 'utf8' as const }),
    },
  };
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
