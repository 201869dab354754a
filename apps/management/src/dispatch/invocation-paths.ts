/** Management's routes about one invocation; triggers name them in 202 answers, `results` serves them. */
export const INVOCATIONS_PATH = '/api/v1/invocations';

/** Where a client that was told 202 asks how its invocation stands: 202 until it has ended, then 200. */
export function invocationStatusPath(id: string): string {
  return `${INVOCATIONS_PATH}/${id}/status`;
}

/** Where the HTTP response that the function gave is read back as an HTTP response. */
export function invocationResponsePath(id: string): string {
  return `${INVOCATIONS_PATH}/${id}/response`;
}
