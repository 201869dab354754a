/** Thrown when the app itself is not in order: a sentence each. */
export class AppProblemsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'AppProblemsError';
  }
}

/** Throws `AppProblemsError` when there are any; null stands for none. */
export function failOn(found: readonly (string | null)[]): void {
  const problems = found.filter((problem) => problem !== null);
  if (problems.length > 0) throw new AppProblemsError(problems);
}
