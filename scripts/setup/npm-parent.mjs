const LOOK_MS = 500;

/**
 * Calls back once when the process that started this one for npm is gone.
 *
 * npm runs scripts by a shell, and a shell that gets a SIGTERM ends without passing it on: whoever kills npm (a service
 * manager, a script) would leave us running. Outside npm nothing is watched: `nohup node scripts/start.mjs &` is meant to
 * outlive its shell.
 * @param {() => void} onGone
 */
export function watchNpmParent(onGone) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
}
