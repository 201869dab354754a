import type { RunningProcess } from '../machine-sensors.js';

/** What `tasklist /fo csv /nh` prints: a line a process, of which the first two fields are its name and its number. */
export function parseTasklist(text: string): readonly RunningProcess[] {
  return [...text.matchAll(/^"([^"]+)","(\d+)",/gm)].map(([, name = '', pid]) => ({
    pid: Number(pid),
    names: [name],
  }));
}
