import { parseHostJson } from '#shared/contracts/host-json.js';
import { InvalidInputError } from '#shared/domain/errors.js';
import type { HostConfig } from '#shared/domain/function-app.js';
import { packageProblems } from './check-package.js';
import type { PackageLimits } from './package-entry.js';
import { openPackage } from './read-package.js';

/** A package with a thousand bad paths is bad; the first ones say how. */
const MAX_PROBLEMS = 20;

/**
 * Looks at a package's list of files and its host.json; nothing else is unpacked.
 * Throws `InvalidInputError` with everything that is wrong.
 */
export async function inspectPackage(
  path: string,
  packageBytes: number,
  limits: PackageLimits,
): Promise<HostConfig> {
  const opened = await openPackage(path, limits);
  try {
    const problems = packageProblems(opened.entries, packageBytes, limits);
    if (problems.length > 0) {
      const more = problems.length - MAX_PROBLEMS;
      const shown = more > 0 ? [...problems.slice(0, MAX_PROBLEMS), `And ${more} more.`] : problems;
      throw new InvalidInputError('The package can not be published.', shown);
    }
    return parseHostJson(await opened.readText('host.json'));
  } finally {
    opened.close();
  }
}
