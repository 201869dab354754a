import type { OwnUsePart } from './own-use.js';

/** What this process itself uses. */
export function thisProcessUse(): OwnUsePart {
  const { user, system } = process.cpuUsage();
  return {
    id: `process ${process.pid}`,
    cpuSeconds: (user + system) / 1e6,
    memoryBytes: process.memoryUsage.rss(),
    pids: [process.pid],
  };
}
