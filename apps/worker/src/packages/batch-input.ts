/** Why a line can't be an item: it is longer than one may be, or its bytes are no UTF-8. */
export type LineProblem = 'tooLong' | 'notUtf8';

/** One line of a batch's input, with its 1-based number in the whole file. */
export type InputLine =
  | { readonly lineNumber: number; readonly text: string }
  | { readonly lineNumber: number; readonly text: null; readonly problem: LineProblem };

export interface InputPart {
  readonly digest: string;
  readonly byteStart: number;
  readonly byteEnd: number;
  readonly firstLine: number;
}

/** Thrown when the input can't be read now: the platform's fault, try again. */
export class InputUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputUnavailableError';
  }
}

/** Reads parts of batch inputs from management. */
export abstract class BatchInput {
  /**
   * The lines of a part, blank ones left out, some at a time as they arrive: memory stays flat however large the part is.
   * Throws `InputUnavailableError`.
   */
  abstract read(part: InputPart): AsyncIterable<readonly InputLine[]>;
}
