/** Counts each app's calls that are not answered yet, for `maxOutstandingRequests` of its host.json. */
export class OutstandingCalls {
  private readonly countOfApp = new Map<string, number>();

  /** @param most null: no limit. False when the app has as many already; else `leave` must follow. */
  enter(appId: string, most: number | null): boolean {
    const count = this.countOfApp.get(appId) ?? 0;
    if (most !== null && count >= most) return false;
    this.countOfApp.set(appId, count + 1);
    return true;
  }

  leave(appId: string): void {
    const count = (this.countOfApp.get(appId) ?? 0) - 1;
    if (count > 0) this.countOfApp.set(appId, count);
    else this.countOfApp.delete(appId);
  }
}
