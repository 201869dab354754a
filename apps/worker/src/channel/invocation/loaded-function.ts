import { triggerOf, type Binding, type FunctionDefinition } from '#shared/domain/function-app.js';

/** A function that can be invoked, with what each invocation needs looked up once. */
export interface LoadedFunction {
  /** What the language worker calls it; opaque. */
  readonly functionId: string;
  readonly definition: FunctionDefinition;
  readonly triggerName: string;
  readonly triggerKind: 'http' | 'timer' | 'queue' | 'other';
  /** The trigger takes an array (`cardinality: many`). */
  readonly many: boolean;
  /** The trigger asks for bytes (`dataType: binary`). */
  readonly binary: boolean;
  /** The name of the output that is the HTTP response; `$return` for the return value. */
  readonly httpOutputName: string | undefined;
}

/** @param definition one that has been checked: it has a trigger */
export function compileFunction(functionId: string, definition: FunctionDefinition): LoadedFunction {
  const trigger = triggerOf(definition);
  if (!trigger) throw new Error(`Function "${definition.name}" has no trigger.`);
  const httpOutput = definition.bindings.find(isHttpOutput);
  return {
    functionId,
    definition,
    triggerName: trigger.name,
    triggerKind: kindOf(trigger.type),
    many: saysOf(trigger, 'cardinality') === 'many',
    binary: saysOf(trigger, 'dataType') === 'binary',
    httpOutputName: httpOutput?.name,
  };
}

function isHttpOutput(binding: Binding): boolean {
  return binding.direction === 'out' && binding.type.toLowerCase() === 'http';
}

function kindOf(type: string): LoadedFunction['triggerKind'] {
  switch (type.toLowerCase()) {
    case 'httptrigger':
      return 'http';
    case 'timertrigger':
      return 'timer';
    case 'queuetrigger':
      return 'queue';
    default:
      return 'other';
  }
}

function saysOf(binding: Binding, setting: string): string | undefined {
  const value = binding[setting];
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}
