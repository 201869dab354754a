/** Undoes something once, when asked to: `@azure/functions-core` answers each registration with one. */
export class Disposable {
  #undo: (() => unknown) | undefined;

  /** @returns one that disposes all the others. */
  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  constructor(undo: () => unknown) {
    this.#undo = undo;
  }

  dispose(): void {
    const undo = this.#undo;
    this.#undo = undefined;
    undo?.();
  }
}
