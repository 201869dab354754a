/**
 * By which signals a process is asked to stop. On Windows there are none between processes, but Node gives these names to what the
 * console tells: Ctrl-C (which a service manager such as WinSW sends too), Ctrl-Break, and the closing of its window.
 */
export function stopSignals(platform: NodeJS.Platform): readonly NodeJS.Signals[] {
  return platform === 'win32' ? ['SIGINT', 'SIGBREAK', 'SIGHUP'] : ['SIGTERM', 'SIGINT'];
}
