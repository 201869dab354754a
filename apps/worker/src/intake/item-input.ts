import { timerInputSchema } from '#shared/contracts/jobs.js';
import type { ItemTrigger } from '#shared/domain/batch.js';
import { triggerOf, type AppVersion, type FunctionDefinition } from '#shared/domain/function-app.js';
import type {
  Failure,
  HttpResponseData,
  InvocationInput,
  InvocationOutput,
} from '#shared/domain/invocation.js';
import type { JsonValue } from '#shared/domain/json.js';
import type { FunctionEnding } from './function-run.js';

/** An item, and who it is. */
export interface Item {
  /** JSON. */
  readonly text: string;
  /** Run and line. */
  readonly id: string;
  /** How often it has been tried before. */
  readonly triesBefore: number;
}

/** A name that no network resolves: nobody called, and a function that calls its own address is to notice. */
const ORIGIN = 'http://batch.invalid';

/** `{name?}`, `{name=value}` and what stands before them: an item has no values for a route. */
const OPTIONAL_PARAMETERS = /\/?\{[^{}]*\}/g;

const FIRST_ERROR_STATUS = 400;
const LONGEST_SHOWN_BODY = 500;

/** What a function is given for an item: a message, the body of a POST, or a timer's object. */
export function itemInput(
  trigger: ItemTrigger,
  version: Pick<AppVersion, 'host'>,
  definition: FunctionDefinition,
  item: Item,
): InvocationInput {
  if (trigger === 'timer') return { kind: 'timer', timer: timerInputSchema.parse(JSON.parse(item.text)) };
  if (trigger === 'http') return { kind: 'http', request: requestOf(version, definition, item) };
  const metadata = { Id: item.id, DequeueCount: item.triesBefore + 1 };
  return { kind: 'queue', message: item.text, metadata };
}

function requestOf(
  { host }: Pick<AppVersion, 'host'>,
  definition: FunctionDefinition,
  { text, id, triesBefore }: Item,
): Extract<InvocationInput, { kind: 'http' }>['request'] {
  const declared = triggerOf(definition)?.['route'];
  const route = typeof declared === 'string' && declared !== '' ? declared : definition.name;
  const path = [host.http.routePrefix, route.replace(OPTIONAL_PARAMETERS, '')]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .join('/');
  return {
    method: 'POST',
    url: `${ORIGIN}/${path}`,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'x-nightjar-item': id,
      'x-nightjar-attempt': String(triesBefore + 1),
    },
    query: {},
    params: {},
    body: text,
    bodyEncoding: 'utf8',
  };
}

/**
 * What the ending of a call says of its item. An HTTP function says by its status whether the item succeeded (below 400), and by
 * its body what came of it.
 */
export function itemEnding(trigger: ItemTrigger, ending: FunctionEnding): FunctionEnding {
  const response = trigger === 'http' && ending.state === 'succeeded' ? ending.output?.http : undefined;
  if (!response) return ending;
  if (response.statusCode < FIRST_ERROR_STATUS) return { ...ending, output: outputOf(response) };
  const failure = failureOf(response);
  const attempts = ending.attempts.map((attempt, index) =>
    index === ending.attempts.length - 1 ? { ...attempt, failure } : attempt,
  );
  return { ...ending, state: 'failed', output: undefined, failure, attempts };
}

function outputOf(response: HttpResponseData): InvocationOutput {
  const { body = '', bodyEncoding } = response;
  if (bodyEncoding === 'base64') return { returnValue: { body, bodyEncoding } };
  return body === '' ? {} : { returnValue: valueOf(body) };
}

/** JSON where it is JSON, whatever its type is said to be. */
function valueOf(body: string): JsonValue {
  try {
    return JSON.parse(body) as JsonValue;
  } catch {
    return body;
  }
}

function failureOf({ statusCode, body = '', bodyEncoding }: HttpResponseData): Failure {
  const text = bodyEncoding === 'base64' ? '' : body.slice(0, LONGEST_SHOWN_BODY);
  const said = text === '' ? '' : `: ${text}${body.length > LONGEST_SHOWN_BODY ? '…' : ''}`;
  return {
    source: 'function',
    type: `HttpStatus${statusCode}`,
    message: `The function answered with status ${statusCode}${said}`,
  };
}
