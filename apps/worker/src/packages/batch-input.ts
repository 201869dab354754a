/** One line of a batch's input; `text` is null when the line is longer than an item may be. */
export interface InputLine {
  /** 1-based, in the whole file. */
  readonly lineNumber: number;
  readonly text: string | null;
}

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
