/**
 * The base of every error that Nightjar throws on purpose: `code` is stable and meant for programs,
 * `message` names the field, its limit and what to do, for people.
 */
export abstract class NightjarError extends Error {
  abstract readonly code: string;
  /** More sentences, one per thing that is wrong; shown as a list. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.details = details;
  }
}

/** Thrown when a value from outside (request, file, setting) is not of its form: the caller can mend it. */
export class InvalidInputError extends NightjarError {
  readonly code = 'invalid_input';
}

/** Thrown when a thing that was asked for by name or id does not exist. */
export class NotFoundError extends NightjarError {
  readonly code = 'not_found';

  constructor(
    readonly kind: string,
    readonly key: string,
  ) {
    super(`There is no ${kind} "${key}".`);
  }
}

/** Thrown when the request is well-formed but the present state forbids it (for example a second deployment at once). */
export class ConflictError extends NightjarError {
  readonly code = 'conflict';
}

/** Thrown when a body, file or message is over its limit. */
export class TooLargeError extends NightjarError {
  readonly code = 'too_large';

  constructor(
    readonly what: string,
    readonly limitBytes: number,
    /** Absent: the limit is fixed. */
    readonly setting?: string,
  ) {
    super(
      `The ${what} is larger than ${limitBytes} bytes (${setting === undefined ? 'a fixed limit' : `setting ${setting}`}).`,
    );
  }
}

/** Thrown when Redis, SQL or another service that Nightjar needs can't be reached now: try again later. */
export class UnavailableError extends NightjarError {
  readonly code = 'unavailable';
}
