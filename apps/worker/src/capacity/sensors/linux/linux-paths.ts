/** Where Linux shows itself. Tests have trees of files instead. */
export interface LinuxPaths {
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
  readonly run: string;
  /** Asked for the idle time of an X display, where it is installed. */
  readonly xIdleProgram: string;
}

export const LINUX_PATHS: LinuxPaths = {
  proc: '/proc',
  sys: '/sys',
  dev: '/dev',
  run: '/run',
  xIdleProgram: '/usr/bin/xprintidle',
};
