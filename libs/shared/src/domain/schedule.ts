/** A timer function's schedule, as its active version declares it. */
export interface Schedule {
  readonly id: string;
  readonly appId: string;
  readonly appVersionId: string;
  readonly functionName: string;
  /** NCRONTAB or TimeSpan, with its app settings filled in. */
  readonly expression: string;
  /** An IANA name, from the app's `WEBSITE_TIME_ZONE`; null: management's setting `timerTimeZone`. */
  readonly timeZone: string | null;
  readonly useMonitor: boolean;
  readonly runOnStartup: boolean;
  /** When this schedule (this expression of this function) began: nothing planned before it is ever fired. */
  readonly activeSince: Date;
  /** The newest occurrence that was claimed, fired or skipped. */
  readonly lastPlannedAt: Date | null;
}
