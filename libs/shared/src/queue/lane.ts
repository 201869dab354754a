/** One queue: few of them, so that nothing polls per function. */
export interface Lane {
  readonly pool: string;
  readonly os: 'linux' | 'windows';
  /** `interactive`: somebody waits. `overnight`: batches. */
  readonly urgency: 'interactive' | 'overnight';
}

/** The name of a lane's queue; BullMQ allows no ":" in it. */
export function laneName(lane: Lane): string {
  return `${lane.pool}.${lane.os}.${lane.urgency}`;
}
