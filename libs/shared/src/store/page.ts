/** Asks for a page of a list that is ordered by id, newest first. */
export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  /** The id of the last row of the page before; absent for the first page. */
  readonly after?: string | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** What `after` must be for the next page; absent on the last. */
  readonly next?: string | undefined;
}
