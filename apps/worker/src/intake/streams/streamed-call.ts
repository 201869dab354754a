import type { InvocationJob } from '#shared/contracts/jobs.js';
import { abandoned } from '../abandoned.js';
import type { FunctionEnding, FunctionStream } from '../function-run.js';
import type { StreamDoor } from './stream-door.js';
import { openingOf } from './stream-ending.js';

type StreamedJob = Pick<InvocationJob, 'id' | 'input'> & {
  readonly stream: NonNullable<InvocationJob['stream']>;
};

/**
 * Runs a call whose bodies go straight to and from its client. `closed`: the client has gone, or another try has the call.
 * What the platform fails at before anything has flowed is thrown, so that another try may come; afterwards it is the call's end.
 * Throws `StreamUnreachableError`, and what `run` throws.
 */
export async function runStreamedCall(
  door: StreamDoor,
  job: StreamedJob,
  lost: AbortSignal,
  run: (stream: FunctionStream) => Promise<FunctionEnding>,
): Promise<FunctionEnding | 'closed'> {
  const stream = await door.enter(job, job.stream);
  if (typeof stream === 'string') return 'closed';
  const giveUp = (): void => stream.close();
  lost.addEventListener('abort', giveUp, { once: true });
  try {
    const ending = await run(stream).catch((error: unknown) => {
      if (!stream.begun) throw error;
      return abandoned(error);
    });
    await stream.end(openingOf(ending));
    return ending;
  } finally {
    lost.removeEventListener('abort', giveUp);
    stream.close();
  }
}
