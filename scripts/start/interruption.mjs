import { watchNpmParent } from '../setup/npm-parent.mjs';

/** A Ctrl-C reaches us from the terminal and again from the processes above us: within this time they are one. */
const SAME_KEY_PRESS_MS = 500;

/**
 * Turns signals of the operating system into an orderly stop, and a second Ctrl-C into a hasty one.
 * @param {() => void} onSecond
 * @returns {AbortSignal} aborted by the first; its reason says which signal
 */
export function interruption(onSecond) {
  const controller = new AbortController();
  let firstAtMs = 0;
  const handle = (/** @type {NodeJS.Signals} */ name) => {
    if (!controller.signal.aborted) {
      firstAtMs = performance.now();
      controller.abort(new Interrupted(name));
    } else if (name === 'SIGINT' && performance.now() - firstAtMs > SAME_KEY_PRESS_MS) {
      onSecond();
    }
  };
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(name, () => handle(name));
  watchNpmParent(() => handle('SIGTERM'));
  return controller.signal;
}

/** Why something ended early: somebody wanted it so. */
export class Interrupted extends Error {
  /** @param {string} signalName */
  constructor(signalName) {
    super(`Interrupted (${signalName})`);
  }
}
