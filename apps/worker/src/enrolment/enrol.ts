import { ENROLMENT_ROUTE, type EnrolmentBody } from '#shared/contracts/worker-api.js';
import { NightjarError, UnavailableError } from '#shared/domain/errors.js';

const ASK_TIMEOUT_MS = 10_000;

/** What is wrong with the request: it will be wrong the next time too. */
const REFUSALS = [400, 401, 409];

/** Thrown when management does not take the token, or not for this machine: an administrator must make another one. */
export class EnrolmentRefusedError extends NightjarError {
  readonly code = 'enrolment_refused';
}

/** Gives management the hash of this machine's key. Throws `EnrolmentRefusedError`, and `UnavailableError` when it may work later. */
export async function enrol(managementUrl: string, body: EnrolmentBody): Promise<void> {
  const response = await post(new URL(ENROLMENT_ROUTE, managementUrl), body);
  if (response.ok) return response.body?.cancel();
  const said = await messageIn(response);
  if (!REFUSALS.includes(response.status)) {
    throw new UnavailableError(`Management answered ${response.status} to the enrolment: ${said}`);
  }
  throw new EnrolmentRefusedError(`Management does not enrol this machine (setting enrolmentToken): ${said}`);
}

async function post(url: URL, body: EnrolmentBody): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
  } catch (error) {
    throw new UnavailableError(`Management can't be reached at ${url.origin} (setting managementUrl).`, [], {
      cause: error,
    });
  }
}

/** Management's own words where the answer has them. */
async function messageIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Not management: a proxy before it, perhaps.
  }
  return text.slice(0, 200);
}
