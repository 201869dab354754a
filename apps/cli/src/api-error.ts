import { z } from 'zod';

const problemSchema = z.object({
  error: z.object({
    code: z.string().optional(),
    message: z.string(),
    details: z.array(z.unknown()).optional(),
  }),
});

/** Thrown when management answers that it will not do what was asked. The message is the server's own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string | undefined,
    message: string,
    /** One sentence for each thing that is wrong. */
    readonly details: readonly string[],
  ) {
    super(message);
  }
}

/** Thrown when management can't be reached at all: not running, another address, the connection broke. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/**
 * Makes an error of an answer that is none of the 2xx.
 * @param what the request in words, for answers that say nothing themselves
 */
export async function apiErrorOf(response: Response, what: string): Promise<ApiError> {
  const text = await response.text();
  const problem = problemSchema.safeParse(parsed(text));
  if (!problem.success) {
    const said = text.trim().slice(0, 500);
    return new ApiError(
      response.status,
      undefined,
      `${what}: ${response.status}${said ? ` ${said}` : ''}`,
      [],
    );
  }
  const { code, message, details = [] } = problem.data.error;
  return new ApiError(response.status, code, message, details.map(asSentence));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asSentence(detail: unknown): string {
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}
