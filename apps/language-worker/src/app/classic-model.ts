import classicPackage from 'azure-functions-v3/package.json' with { type: 'json' };
import type { CoreInvocationContext, InvocationModel, ProgrammingModel } from '../core-module/core-types.js';

/**
 * The v3 programming model, for apps that bring none of their own. It is Microsoft's library and a good part
 * of this bundle: it is evaluated only at the first invocation that needs it.
 */
export class ClassicModel implements ProgrammingModel {
  readonly name = '@azure/functions';
  readonly version = classicPackage.version;
  readonly #catchModel: (setUp: () => void) => ProgrammingModel;
  #model: Promise<ProgrammingModel> | undefined;

  /** @param catchModel runs a function and answers what that gave to `setProgrammingModel`. */
  constructor(catchModel: (setUp: () => void) => ProgrammingModel) {
    this.#catchModel = catchModel;
  }

  async getInvocationModel(context: CoreInvocationContext): Promise<InvocationModel> {
    return (await this.prepare()).getInvocationModel(context);
  }

  /** Evaluates the library, unless that was done. */
  prepare(): Promise<ProgrammingModel> {
    this.#model ??= this.#load();
    return this.#model;
  }

  async #load(): Promise<ProgrammingModel> {
    // Its types do not show the function that language workers call.
    const library = (await import('azure-functions-v3')) as unknown as { setup(): void };
    return this.#catchModel(() => library.setup());
  }
}
