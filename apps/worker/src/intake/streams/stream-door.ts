import { once } from 'node:events';
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { streamPath } from '#shared/contracts/http-streams.js';
import type { InvocationJob } from '#shared/contracts/jobs.js';
import { newId } from '#shared/domain/ids.js';
import { bodyLengthOf } from '../../channel/http-streams/exchange-order.js';
import { ManagementStream } from './management-stream.js';

/** Thrown when no address of management leads to the call's client. The setting `instanceUrl` may be wrong. */
export class StreamUnreachableError extends Error {
  constructor(problems: readonly string[]) {
    super(
      `The client of a streamed call can not be reached (setting instanceUrl of management): ${problems.join(' ')}`,
    );
    this.name = 'StreamUnreachableError';
  }
}

/** Its client has gone, another try has it, or it can't be tried again. */
export type ClosedDoor = 'over' | 'busy';

/** Management's network is near; an address that leads nowhere must not hold up the next. */
const CONNECT_TIMEOUT_SECONDS = 10;

/** Lets a worker into streamed calls: at the instance that holds the client, by its own address or by management's. */
export class StreamDoor {
  /** @param managementUrl where the worker else reaches management: good where there is one instance */
  constructor(private readonly managementUrl: string) {}

  /** Claims the call. Throws `StreamUnreachableError`. */
  async enter(
    job: Pick<InvocationJob, 'id' | 'input'>,
    stream: NonNullable<InvocationJob['stream']>,
  ): Promise<ManagementStream | ClosedDoor> {
    const problems: string[] = [];
    const origins = [...new Set([stream.instanceUrl, this.managementUrl].map((url) => new URL(url).origin))];
    for (const origin of origins) {
      const tryId = newId();
      const claim = await this.claim(origin, streamPath(job.id, 'request', tryId), stream.token);
      if (typeof claim === 'string') problems.push(`${origin}: ${claim}`);
      else if (claim.statusCode === 200) return this.open(origin, job, stream.token, tryId, claim);
      else {
        claim.resume();
        if (claim.statusCode === 409) return 'busy';
        if (claim.statusCode === 410) return 'over';
        if (claim.statusCode !== 404) problems.push(`${origin} answered ${claim.statusCode}.`);
      }
    }
    if (problems.length === 0) return 'over';
    throw new StreamUnreachableError(problems);
  }

  /** @returns a sentence when there was no answer */
  private async claim(origin: string, path: string, token: string): Promise<IncomingMessage | string> {
    const sent = requestTo(origin, path, 'GET', token);
    const timer = setTimeout(
      () => sent.destroy(new Error('no answer in time')),
      CONNECT_TIMEOUT_SECONDS * 1000,
    );
    try {
      sent.end();
      const [message] = (await once(sent, 'response')) as [IncomingMessage];
      sent.on('error', () => undefined);
      return message;
    } catch (error) {
      return (error as Error).message;
    } finally {
      clearTimeout(timer);
    }
  }

  private open(
    origin: string,
    { id, input }: Pick<InvocationJob, 'id' | 'input'>,
    token: string,
    tryId: string,
    body: IncomingMessage,
  ): ManagementStream {
    const response = requestTo(origin, streamPath(id, 'response', tryId), 'POST', token);
    const headers = input.kind === 'http' ? input.request.headers : {};
    return new ManagementStream(body, response, bodyLengthOf(headers));
  }
}

/** A connection of its own: one that is broken off must not take another request with it. */
function requestTo(origin: string, path: string, method: 'GET' | 'POST', token: string): ClientRequest {
  const request = origin.startsWith('https:') ? requestHttps : requestHttp;
  return request(new URL(path, origin), {
    method,
    agent: false,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
  });
}
