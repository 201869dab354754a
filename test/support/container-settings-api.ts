/** Replaces an app's container settings. @throws {Error} with what management says */
export async function setContainerSettings(url: string, app: string, settings: object): Promise<void> {
  const response = await fetch(`${url}/api/v1/apps/${app}/container-settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  if (!response.ok)
    throw new Error(`The settings of "${app}" were not taken (${response.status}): ${await response.text()}`);
}
