import { open } from 'node:fs/promises';
import type { HostLine } from './allow-list.js';

/**
 * Brings the lines of these names up to date in the hosts file that a container has mounted. It is written in place: the mount is
 * of the file itself, and another under its name would not be seen inside. Rejects when the file is not on this machine.
 */
export async function updateHostsFile(
  path: string,
  names: readonly string[],
  hosts: readonly HostLine[],
): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const before = await file.readFile('utf8');
    const after = updatedHosts(before, names, hosts);
    if (after === before) return;
    // Longer first, shorter afterwards: who reads meanwhile finds every line whole, perhaps an old one twice.
    const { bytesWritten } = await file.write(after, 0, 'utf8');
    await file.truncate(bytesWritten);
  } finally {
    await file.close();
  }
}

/** @param names every line that is about one of these is replaced */
export function updatedHosts(text: string, names: readonly string[], hosts: readonly HostLine[]): string {
  const others = text
    .split('\n')
    .filter((line) => line !== '' && !names.includes(line.split(/\s+/)[1] ?? ''));
  return [...others, ...hosts.map(({ name, address }) => `${address}\t${name}`), ''].join('\n');
}
