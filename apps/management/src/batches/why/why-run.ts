import { ENDED_RUN_STATES, type BatchRun, type WaitReason } from '#shared/domain/batch.js';
import { whyMachines, type MachineFacts } from '../../placement/why-machines.js';

/** What is known of a run when somebody asks why it is not running. */
export interface WhyRunFacts extends MachineFacts {
  readonly run: BatchRun;
  readonly now: Date;
  /** Chunks on the queue or with workers. */
  readonly openChunks: number;
  /** Items that had their outcome over the last minutes, a second; null: not known yet. */
  readonly itemsPerSecond: number | null;
  /** Open runs of the same pool with a higher priority, and what they have left. */
  readonly ahead: { readonly runs: number; readonly items: number };
  /** Open runs that share its key of a concurrency limit. */
  readonly sharingKey: number;
  /** Of its batch, while it lasts. */
  readonly pause: { readonly by: string; readonly note: string } | null;
}

/** An answer: the reasons that hold, those first about which an operator can do the most. */
export interface WhyAnswer {
  /** It is running, or nothing keeps it from it. */
  readonly isHeldUp: boolean;
  readonly reasons: readonly WaitReason[];
}

/**
 * Why a run is not running, or runs no faster. What stands before it in its life comes first, since nothing else matters until then:
 * its end, its time, other batches, its input; then machines, then who goes before it, then its own limits.
 */
export function whyRun(facts: WhyRunFacts): WhyAnswer {
  if (ENDED_RUN_STATES.includes(facts.run.state))
    return { isHeldUp: false, reasons: [reason('ENDED', ended(facts.run))] };
  const life = inItsLife(facts);
  if (life.length > 0) return { isHeldUp: true, reasons: life };
  const limits = [...goesBefore(facts), ...ownLimits(facts)];
  if ((facts.itemsPerSecond ?? 0) > 0) return { isHeldUp: false, reasons: [running(facts), ...limits] };
  const reasons = [...whyMachines(facts), ...limits];
  return reasons.length > 0 ? { isHeldUp: true, reasons } : { isHeldUp: false, reasons: [atWork(facts)] };
}

function inItsLife({ run, now, pause }: WhyRunFacts): readonly WaitReason[] {
  const { state, notBefore, plannedAt, inputState } = run;
  if (state === 'cancelling')
    return [reason('CANCELLING', 'It is being cancelled: what had begun comes to its end.')];
  if (state === 'draining')
    return [
      reason('WINDOW_ENDS', 'Its window ends: what had begun comes to its end, and nothing more begins.'),
    ];
  const reasons: WaitReason[] = [];
  if (run.waitReason) reasons.push(run.waitReason);
  const beginsAt = notBefore ?? (state === 'scheduled' ? plannedAt : null);
  if (beginsAt && beginsAt > now)
    reasons.push(reason('NOT_BEFORE', `Nothing of it begins before ${beginsAt.toISOString()}.`));
  if (state === 'scheduled' && pause) reasons.push(paused(pause));
  if (state === 'scheduled' && reasons.length === 0)
    reasons.push(reason('SCHEDULED', 'Its time has come, and the scheduler has not yet let it begin.'));
  if (state !== 'scheduled' && inputState !== 'ready') reasons.push(inputReason(inputState));
  return reasons;
}

function ended({ state, failure }: BatchRun): string {
  return failure
    ? `It has ended as ${state}. ${failure.type}: ${failure.message}`
    : `It has ended as ${state}.`;
}

function paused({ by, note }: { readonly by: string; readonly note: string }): WaitReason {
  return reason('PAUSED', `Its batch is paused by ${by}${note === '' ? '' : `: ${note}`}.`);
}

function inputReason(inputState: BatchRun['inputState']): WaitReason {
  return inputState === 'wanted'
    ? reason('INPUT_WANTED', 'Its input waits to be made; management does that one after the other.')
    : reason(
        'INPUT_MAKING',
        'Its input is being made: the file, the query or the results are still being read.',
      );
}

function goesBefore({ ahead }: WhyRunFacts): readonly WaitReason[] {
  if (ahead.runs === 0) return [];
  const runs = ahead.runs === 1 ? '1 run' : `${ahead.runs} runs`;
  const message = `${runs} with a higher priority go before it, with ${ahead.items} items left. A higher priority would change that.`;
  return [reason('PRIORITY', message)];
}

function ownLimits({ run, sharingKey }: WhyRunFacts): readonly WaitReason[] {
  const { concurrencyLimit, rateLimit } = run.settings ?? {};
  const { run: most, key } = concurrencyLimit ?? {};
  return [
    ...(most === undefined
      ? []
      : [reason('CONCURRENCY_LIMIT', `Its concurrencyLimit.run lets ${most} of its items run at once.`)]),
    ...(key === undefined
      ? []
      : [
          reason(
            'CONCURRENCY_KEY',
            `${sharingKey} open runs share the key "${key.name}", which lets ${key.limit} items run at once.`,
          ),
        ]),
    ...(rateLimit === undefined
      ? []
      : [reason('RATE_LIMIT', `Its rateLimit lets ${rateLimit.itemsPerSecond} items begin in a second.`)]),
  ];
}

function running({ itemsPerSecond }: WhyRunFacts): WaitReason {
  return reason(
    'RUNNING',
    `It is running: ${Number((itemsPerSecond ?? 0).toFixed(2))} items/s over the last minutes.`,
  );
}

function atWork({ openChunks }: WhyRunFacts): WaitReason {
  if (openChunks === 0)
    return reason('STARTING', 'Nothing holds it up: its first chunks are about to be put on the queue.');
  const chunks = openChunks === 1 ? '1 chunk of it is' : `${openChunks} chunks of it are`;
  return reason(
    'AT_WORK',
    `${chunks} on the queue or with a machine, and no item has had its outcome lately: containers start, or items are long.`,
  );
}

function reason(code: string, message: string): WaitReason {
  return { code, message };
}
