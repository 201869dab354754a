/** What dispatching needs of management's settings; `config.ts` parses them, once, into a frozen object. */
export abstract class DispatchSettings {
  /** Machines are grouped in pools; work goes to this one. */
  abstract readonly pool: string;
  /** Which operating system's containers the functions run in. */
  abstract readonly os: 'linux' | 'windows';
  /** How often the reconciler compares SQL with the queue. */
  abstract readonly reconcileIntervalSeconds: number;
  /** Work is looked at only when its last dispatch is older than this: it spares what is just being put on the queue. */
  abstract readonly reconcileSilentSeconds: number;
  /** How often SQL puts the same work on a queue before it is given up. */
  abstract readonly maxDispatches: number;
}
