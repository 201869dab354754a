/** What a function app finds in its environment: its settings, and what Azure's host sets besides what the container runtime does. */
export function environmentOf(
  appName: string,
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    // As in Azure an app may say these two itself.
    AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    ...settings,
    WEBSITE_SITE_NAME: appName,
  };
}

/** The environment of a language worker that has no app yet; Microsoft's look at it to know that. */
export const PLACEHOLDER_ENVIRONMENT: Readonly<Record<string, string>> = { WEBSITE_PLACEHOLDER_MODE: '1' };

/** Read once, when a process starts: by Node, its libraries, the C library. */
const READ_AT_START = /^(NODE_|UV_|LD_|SSL_|OPENSSL_|LC_|LANG$|MALLOC_)/;

/** Whether a language worker that runs already can be given this environment, and be as if it had been started with it. */
export function canReplaceEnvironment(environment: Readonly<Record<string, string>>): boolean {
  return !Object.keys(environment).some((name) => READ_AT_START.test(name));
}
