/** How far a run was at a time, and what was expected of it then. */
export interface CoursePoint {
  /** By the database's clock. */
  readonly at: Date;
  readonly itemsTotal: number;
  readonly itemsSucceeded: number;
  readonly itemsFailed: number;
  readonly itemsCancelled: number;
  /** When it was expected to be done, with even odds and nine times in ten; null: that was not known. */
  readonly p50At: Date | null;
  readonly p90At: Date | null;
}

/** How runs went on: points that management notes while they are open. */
export abstract class RunCourseStore {
  /** Notes a point; false when there is one of this run and time already: several instances note the same. */
  abstract note(runId: string, point: CoursePoint): Promise<boolean>;
  /** The newest points of a run up to a time, the oldest first. */
  abstract newest(runId: string, until: Date, limit: number): Promise<readonly CoursePoint[]>;
}
