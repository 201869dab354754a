import type { ProgrammingModel } from '../core-module/core-types.js';
import { SystemError } from '../errors.js';
import { ClassicModel } from './classic-model.js';
import { FunctionApp } from './function-app.js';

/** Holds the app that this process runs now: a placeholder without code at first, the app after that. */
export class AppSlot {
  readonly classicModel = new ClassicModel((setUp) => this.#catchModel(setUp));
  hostVersion = '';
  #current = new FunctionApp('', this.classicModel);
  #generation = 0;
  #caught: ProgrammingModel[] | undefined;

  get current(): FunctionApp {
    return this.#current;
  }

  /** How many apps were put in: 1 is the first. */
  get generation(): number {
    return this.#generation;
  }

  /** @returns a new, empty app, which takes the place of the one before. */
  renew(directory: string): FunctionApp {
    this.#generation += 1;
    this.#current = new FunctionApp(directory, this.classicModel);
    return this.#current;
  }

  setProgrammingModel(model: ProgrammingModel): void {
    if (this.#caught !== undefined) this.#caught.push(model);
    else this.#current.programmingModel = model;
  }

  /** The v3 library hands over its model by the same way as apps do, but is not to replace theirs. */
  #catchModel(setUp: () => void): ProgrammingModel {
    this.#caught = [];
    try {
      setUp();
      const model = this.#caught.at(-1);
      if (model === undefined) throw new SystemError('The v3 library set no programming model.');
      return model;
    } finally {
      this.#caught = undefined;
    }
  }
}
