import { HttpException } from '@nestjs/common';
import { NightjarError } from '#shared/domain/errors.js';

/** The body of every answer that is an error. */
export interface ErrorBody {
  readonly error: {
    /** Stable, for programs. */
    readonly code: string;
    readonly message: string;
    /** One sentence per thing that is wrong. */
    readonly details: readonly string[];
  };
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
  readonly retryAfterSeconds?: number;
  /** Nobody foresaw it: it is logged with its stack, and the client is told nothing of it. */
  readonly isUnforeseen: boolean;
}

const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  invalid_input: 400,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unavailable: 503,
};

/** Long enough for a Redis or SQL Server that restarts, short enough that a person does not give up. */
const RETRY_AFTER_SECONDS = 5;

/** What a client is told of an error: the one place that chooses statuses for Nightjar's errors. */
export function answerFor(error: unknown): ErrorAnswer {
  if (error instanceof NightjarError) return answerForNightjarError(error);
  const status = statusOf(error);
  if (status !== null && status < 500) {
    return foreseen(status, codeOf(error, status), (error as Error).message, []);
  }
  return {
    ...foreseen(status ?? 500, 'internal', 'Something went wrong inside Nightjar; its log says what.', []),
    isUnforeseen: true,
  };
}

function answerForNightjarError(error: NightjarError): ErrorAnswer {
  const status = STATUS_OF_CODE[error.code] ?? 500;
  const answer = foreseen(status, error.code, error.message, error.details);
  return status === 503 ? { ...answer, retryAfterSeconds: RETRY_AFTER_SECONDS } : answer;
}

function foreseen(status: number, code: string, message: string, details: readonly string[]): ErrorAnswer {
  return { status, body: { error: { code, message, details } }, isUnforeseen: false };
}

/** Nest's exceptions carry their status in a method, Fastify's in `statusCode`. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 ? status : null;
}

function codeOf(error: unknown, status: number): string {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 412) return 'precondition_failed';
  if (status === 413) return 'too_large';
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code.toLowerCase() : 'bad_request';
}
