import {
  credentials,
  makeGenericClientConstructor,
  type Client,
  type ClientDuplexStream,
} from '@grpc/grpc-js';
import { functionRpcService } from '#shared/contracts/function-rpc/service.js';
import {
  contentKind,
  type ContentKind,
  type StreamingContents,
  type StreamingMessage,
} from '#shared/contracts/function-rpc/streaming-message.js';

type Answer = StreamingMessage | readonly StreamingMessage[] | undefined;

/** What it does with each kind of message: the answers to send, which get the request's id. */
export type Script = {
  [Kind in ContentKind]?: (content: StreamingContents[Kind], worker: ScriptedLanguageWorker) => Answer;
};

const SUCCESS = { status: 1 } as const;

/** A language worker with one v4 HTTP function, "hello", and no answer to invocations. */
export const PLAIN_SCRIPT: Script = {
  workerInitRequest: () => ({ workerInitResponse: { result: SUCCESS, capabilities: {} } }),
  functionsMetadataRequest: () => ({
    functionMetadataResponse: {
      result: SUCCESS,
      functionMetadataResults: [
        {
          name: 'hello',
          functionId: 'id-of-hello',
          rawBindings: [
            '{"name":"req","type":"httpTrigger","direction":"IN","authLevel":"anonymous"}',
            '{"name":"$return","type":"http","direction":"OUT"}',
          ],
        },
      ],
    },
  }),
  functionLoadRequest: ({ functionId }) => ({ functionLoadResponse: { functionId, result: SUCCESS } }),
  workerStatusRequest: () => ({ workerStatusResponse: {} }),
};

/** A language worker that says what a test tells it to, over a real connection by grpc-js. */
export class ScriptedLanguageWorker {
  readonly received: StreamingMessage[] = [];
  /** Resolves with the gRPC status code (0: in order). */
  readonly ended: Promise<number>;
  readonly #client: Client;
  readonly #stream: ClientDuplexStream<StreamingMessage, StreamingMessage>;

  constructor(
    port: number,
    private readonly script: Script,
    host = '127.0.0.1',
  ) {
    const ServiceClient = makeGenericClientConstructor(functionRpcService, 'FunctionRpc');
    this.#client = new ServiceClient(`${host}:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
    });
    const method = functionRpcService.eventStream;
    this.#stream = this.#client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
    );
    this.#stream.on('data', (message: StreamingMessage) => this.#receive(message));
    this.#stream.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.#stream.on('status', ({ code }: { code: number }) => {
        resolve(code);
        this.#stream.end();
        this.#client.close();
      });
    });
  }

  send(message: StreamingMessage): void {
    this.#stream.write(message);
  }

  start(token: string): this {
    this.send({ startStream: { workerId: token } });
    return this;
  }

  /** The contents of one kind that have come so far. */
  contentsOf<Kind extends ContentKind>(kind: Kind): StreamingContents[Kind][] {
    return this.received.flatMap((message) => message[kind] ?? []);
  }

  /** Closes its side in order. */
  finish(): void {
    this.#stream.end();
  }

  /** As if its process had died. */
  die(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  #receive(message: StreamingMessage): void {
    this.received.push(message);
    const kind = contentKind(message);
    if (kind === undefined) return;
    const react = this.script[kind] as ((content: unknown, worker: this) => Answer) | undefined;
    const answer = react?.(message[kind], this);
    if (answer === undefined) return;
    for (const one of Array.isArray(answer) ? (answer as StreamingMessage[]) : [answer as StreamingMessage]) {
      this.send({ requestId: message.requestId ?? '', ...one });
    }
  }
}
