/** What a function app finds in its environment: what Azure's host sets besides what the container runtime does. */
export function environmentOf(appName: string): Readonly<Record<string, string>> {
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Production',
    FUNCTIONS_EXTENSION_VERSION: '~4',
    WEBSITE_SITE_NAME: appName,
  };
}
