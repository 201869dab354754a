import { fileURLToPath } from 'node:url';

/** Node compiles a module soon after it has found it; a few others may come between. */
const KEPT_FILES = 12;

/** The files that were imported last: when one can't be compiled, Node does not say which. */
export class ImportTrail {
  readonly #urls: string[] = [];

  add(url: string): void {
    this.#urls.push(url);
    if (this.#urls.length > KEPT_FILES) this.#urls.shift();
  }

  /** @returns the paths of the files, the latest first. */
  latest(): string[] {
    return [...new Set(this.#urls.map((url) => fileURLToPath(url)).reverse())];
  }
}
