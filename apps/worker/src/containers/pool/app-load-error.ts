/** Thrown when the app can't be loaded: `problems` says what is wrong, a sentence each. The app is to blame. */
export class AppLoadError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join(' '));
    this.name = 'AppLoadError';
  }
}
