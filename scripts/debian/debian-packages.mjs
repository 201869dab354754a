import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether this machine lets us install packages of the distribution: Debian (or one derived from it), as root. */
export function canInstallDebianPackages() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs one package and nothing that is merely recommended.
 * @param {string} name
 * @throws {Error} with apt's last words
 */
export function installDebianPackage(name) {
  console.log(`Installing the Debian package ${name} (apt-get install) …`);
  if (aptGet('install', name).ok) return;
  // A fresh image has no package lists, an old one has lists of versions that are gone.
  const updated = aptGet('update');
  if (!updated.ok) throw new Error(`apt-get update failed: ${updated.lastWords}`);
  const installed = aptGet('install', name);
  if (!installed.ok) throw new Error(`apt-get install ${name} failed: ${installed.lastWords}`);
}

/**
 * Ends the service that a package starts when it is installed on a machine with systemd: we run the program
 * ourselves, with our own data folder, and leave nothing running behind.
 * @param {string} service
 */
export function stopPackagedService(service) {
  if (!existsSync('/run/systemd/system')) return;
  spawnSync('systemctl', ['disable', '--now', service], { stdio: 'ignore' });
}

/** @param {string[]} args */
function aptGet(...args) {
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  const result = spawnSync('apt-get', [...options, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const words = `${result.stdout ?? ''}\n${result.stderr ?? ''}`.trim().split('\n');
  return { ok: result.status === 0, lastWords: words.slice(-5).join('\n') };
}
