import { createContext, Script, type Context } from 'node:vm';
import { InvalidInputError } from '#shared/domain/errors.js';

/** Long enough for any honest pattern, short enough that a dishonest one is no outage. */
const TIMEOUT_MS = 50;

/** Up to here a pattern without repeated groups can't take long, whatever the text. */
const SAFE_TEXT_LENGTH = 256;

const TEST_SCRIPT = new Script('pattern.test(text)');

/**
 * A regular expression that somebody published, to be run on text that anybody sends. Patterns such as `(a+)+$` take time that
 * doubles with each character, and would stand still this whole process: those run under a time limit, and a text that takes
 * longer does not match. That costs about a millisecond, so the harmless ones are run plainly.
 */
export class GuardedPattern {
  private readonly pattern: RegExp;
  private readonly isHarmless: boolean;
  private context: Context | null = null;

  /** Throws `InvalidInputError`. */
  constructor(source: string) {
    try {
      // .NET's route patterns ignore case, and match anywhere unless anchored.
      this.pattern = new RegExp(source, 'i');
    } catch (error) {
      throw new InvalidInputError(`"${source}" is not a regular expression: ${(error as Error).message}`);
    }
    this.isHarmless = !/\)(?:[*+]|\{\d+,)|\\[1-9k]/.test(source);
  }

  test(text: string): boolean {
    if (this.isHarmless && text.length <= SAFE_TEXT_LENGTH) return this.pattern.test(text);
    this.context ??= createContext({ pattern: this.pattern });
    this.context['text'] = text;
    try {
      return TEST_SCRIPT.runInContext(this.context, { timeout: TIMEOUT_MS }) === true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
      throw error;
    }
  }
}
