/** What a function app finds in its environment: what Azure's host sets for a Node app. */
export function environmentOf(appName: string): Readonly<Record<string, string>> {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    WEBSITE_SITE_NAME: appName,
  };
}
