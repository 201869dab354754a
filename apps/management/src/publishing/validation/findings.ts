/** What a check found. Problems forbid a version; notes do not. One sentence each. */
export interface Findings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}
