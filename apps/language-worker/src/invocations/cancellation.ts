/** Whether the host has given up an invocation, and the signal by which its function may know. Made only for who asks. */
export class Cancellation {
  #controller: AbortController | undefined;
  #happened = false;

  get happened(): boolean {
    return this.#happened;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#happened) this.#controller.abort(reason());
    return this.#controller.signal;
  }

  happen(): void {
    this.#happened = true;
    this.#controller?.abort(reason());
  }

  /** Shows the signal as `signal` of a function's context, which Azure's libraries do not have. One of their own is left alone. */
  showIn(context: unknown): void {
    if (typeof context !== 'object' || context === null || 'signal' in context) return;
    if (!Object.isExtensible(context)) return;
    Object.defineProperty(context, 'signal', { get: () => this.signal, configurable: true });
  }
}

function reason(): DOMException {
  return new DOMException('The client has gone, and the host has given up the invocation.', 'AbortError');
}
