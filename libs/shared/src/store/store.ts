/** The database as a whole. */
export abstract class Store {
  /** Brings the schema up to date, under a lock, so that several processes may start at once. */
  abstract migrate(): Promise<void>;
  /** Throws `UnavailableError` when the database does not answer or a migration is missing. */
  abstract check(): Promise<void>;
  /** The database's own time: due times, leases and business dates come from it. */
  abstract now(): Promise<Date>;
  /**
   * A secret of the installation (the key that signs URLs, for example), made by `generate` the first time;
   * every process gets the same one.
   */
  abstract installationSecret(name: string, generate: () => string): Promise<string>;
  abstract close(): Promise<void>;
}
