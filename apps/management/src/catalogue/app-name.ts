import { InvalidInputError } from '#shared/domain/errors.js';

/** Azure's rule for the names of function apps. */
const APP_NAME = /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/;

/** App names have no case: they are kept in lower case. Throws `InvalidInputError`. */
export function parseAppName(name: string): string {
  const lower = name.toLowerCase();
  if (APP_NAME.test(lower)) return lower;
  throw new InvalidInputError(
    `"${name}" is not a name for a function app: use 1 to 60 letters, digits and hyphens, no hyphen at either end.`,
  );
}
