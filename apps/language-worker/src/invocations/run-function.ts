import type { FunctionApp, LoadedFunction } from '../app/function-app.js';
import { PostInvocationContext, PreInvocationContext, type HookData } from '../app/hook-contexts.js';
import type { FunctionCallback, InvocationModel } from '../core-module/core-types.js';
import type { Invocation } from './invocation.js';

/** What a function is called with; hooks may exchange the latter two. */
interface Call {
  readonly context: unknown;
  readonly inputs: unknown[];
  readonly callback: FunctionCallback;
}

/**
 * Runs the hooks before the function, the function, and the hooks after it. A hook before it that throws
 * fails the invocation without more; an error of the function is shown to the hooks after it, which may
 * replace or clear it.
 *
 * @returns the function's result, as the hooks leave it.
 * @throws the function's error, as the hooks leave it, or a hook's.
 */
export async function runFunction(
  app: FunctionApp,
  target: LoadedFunction,
  invocation: Invocation,
  model: InvocationModel,
  args: { context: unknown; inputs: unknown[] },
): Promise<unknown> {
  const hookData: HookData = {};
  const asked: Call = { ...args, callback: target.callback };
  const call = app.hooks.has('preInvocation') ? await runPreHooks(app, invocation, asked, hookData) : asked;
  if (!app.hooks.has('postInvocation')) return invoke(invocation, model, call);
  const { context, inputs } = call;
  const outcome = new PostInvocationContext(hookData, app.appHookData, context, inputs, null, null);
  try {
    outcome.result = await invoke(invocation, model, call);
  } catch (error) {
    // A function may throw nothing at all, and has failed all the same.
    outcome.error = error ?? new Error('Unknown error');
  }
  await inState(invocation, 'postInvocationHooks', () => app.hooks.run('postInvocation', outcome));
  const error = outcome.error as Error | null | undefined;
  if (error !== null && error !== undefined) throw error;
  return outcome.result;
}

async function runPreHooks(
  app: FunctionApp,
  invocation: Invocation,
  call: Call,
  hookData: HookData,
): Promise<Call> {
  const { context, inputs, callback } = call;
  const hookContext = new PreInvocationContext(hookData, app.appHookData, context, inputs, callback);
  await inState(invocation, 'preInvocationHooks', () => app.hooks.run('preInvocation', hookContext));
  return { context, inputs: hookContext.inputs, callback: hookContext.functionCallback };
}

function invoke(invocation: Invocation, model: InvocationModel, call: Call): Promise<unknown> {
  return inState(invocation, 'invocation', () =>
    model.invokeFunction(call.context, call.inputs, call.callback),
  );
}

async function inState<T>(
  invocation: Invocation,
  state: NonNullable<Invocation['state']>,
  action: () => Promise<T>,
): Promise<T> {
  invocation.state = state;
  try {
    return await action();
  } finally {
    invocation.state = undefined;
  }
}
