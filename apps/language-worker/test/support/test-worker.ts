import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type {
  FunctionLoadResponse,
  FunctionMetadataResponse,
  InvocationRequest,
  InvocationResponse,
  RpcFunctionMetadata,
  RpcLog,
  WorkerInitResponse,
} from '#shared/contracts/function-rpc/messages.js';
import type {
  StreamingContents,
  StreamingMessage,
} from '#shared/contracts/function-rpc/streaming-message.js';
import type { RpcHttp, TypedData } from '#shared/contracts/function-rpc/values.js';

/** An invocation's response, and what was logged before it came. */
export interface TestInvocation {
  readonly response: InvocationResponse;
  readonly logs: readonly RpcLog[];
}

/** The host's end of one language worker's stream, as a test uses it. */
export class TestWorker {
  /** All logs that arrived, of any invocation and of none. */
  readonly logs: RpcLog[] = [];
  readonly #answers = new Map<string, (message: StreamingMessage) => void>();
  /** The name of each function's trigger. */
  readonly #triggers = new Map<string, string>();
  #child: ChildProcess | undefined;
  #exited: Promise<number | null> | undefined;
  #stdout: Promise<string> | undefined;
  #stderr: Promise<string> | undefined;
  #count = 0;

  constructor(
    private readonly call: ServerDuplexStream<StreamingMessage, StreamingMessage>,
    readonly firstRequestId: string,
  ) {
    call.on('data', (message: StreamingMessage) => {
      if (message.rpcLog !== undefined) this.logs.push(message.rpcLog);
      else this.#answers.get(message.requestId ?? '')?.(message);
    });
    call.on('end', () => call.end());
  }

  attach(child: ChildProcess): void {
    this.#child = child;
    this.#exited = once(child, 'exit').then(([code]) => code as number | null);
    this.#stdout = text(child.stdout!);
    this.#stderr = text(child.stderr!);
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const code = await this.#exited!;
    return { code, stdout: await this.#stdout!, stderr: await this.#stderr! };
  }

  get processId(): number {
    return this.#child!.pid!;
  }

  send(message: StreamingMessage): void {
    this.call.write(message);
  }

  /** Closes the host's side with success. */
  hangUp(): void {
    this.call.end();
  }

  /** Ends the stream with an error, as a host does that breaks. */
  breakOff(): void {
    this.call.emit('error', Object.assign(new Error('broken'), { code: 13, details: 'broken' }));
  }

  request(content: Partial<StreamingContents>): Promise<StreamingMessage> {
    this.#count += 1;
    const requestId = `request-${this.#count}`;
    return new Promise((resolve) => {
      this.#answers.set(requestId, (message) => {
        this.#answers.delete(requestId);
        resolve(message);
      });
      this.send({ requestId, ...content });
    });
  }

  async initialize(functionAppDirectory = ''): Promise<WorkerInitResponse> {
    const answer = await this.request({
      workerInitRequest: { hostVersion: '4.99.0', functionAppDirectory, workerDirectory: '/' },
    });
    return answer.workerInitResponse!;
  }

  async describeFunctions(): Promise<FunctionMetadataResponse> {
    const response = (await this.request({ functionsMetadataRequest: {} })).functionMetadataResponse!;
    for (const metadata of response.functionMetadataResults!) this.#rememberTrigger(metadata);
    return response;
  }

  /** Loads a v3 function as a host does that has read its `function.json`. */
  async loadFunction(metadata: RpcFunctionMetadata): Promise<FunctionLoadResponse> {
    this.#rememberTrigger({ ...metadata, functionId: metadata.name! });
    const request = { functionId: metadata.name!, metadata };
    return (await this.request({ functionLoadRequest: request })).functionLoadResponse!;
  }

  async invoke(request: InvocationRequest): Promise<TestInvocation> {
    this.#count += 1;
    const invocationId = request.invocationId ?? `invocation-${this.#count}`;
    const answer = await this.request({ invocationRequest: { ...request, invocationId } });
    const logs = this.logs.filter((log) => log.invocationId === invocationId);
    return { response: answer.invocationResponse!, logs };
  }

  /** Invokes a function with what its trigger brings. */
  trigger(functionId: string, data: TypedData, more: InvocationRequest = {}): Promise<TestInvocation> {
    const name = this.#triggers.get(functionId) ?? 'unknown';
    return this.invoke({ functionId, inputData: [{ name, data }], ...more });
  }

  /** Calls an HTTP function. */
  async callHttp(
    functionId: string,
    http: Partial<RpcHttp> = {},
  ): Promise<TestInvocation & { http: RpcHttp }> {
    const defaults = { method: 'GET', url: 'http://example.org/api/test' };
    const invocation = await this.trigger(functionId, { http: { ...defaults, ...http } });
    const { response } = invocation;
    const named = response.outputData?.find((output) => output.data?.http !== undefined)?.data?.http;
    return { ...invocation, http: response.returnValue?.http ?? named ?? {} };
  }

  #rememberTrigger(metadata: RpcFunctionMetadata): void {
    const bindings = (metadata.rawBindings ?? []).map(
      (json) => JSON.parse(json) as { name: string; type: string },
    );
    const trigger = bindings.find(({ type }) => type.toLowerCase().endsWith('trigger'));
    if (trigger !== undefined) this.#triggers.set(metadata.functionId ?? metadata.name!, trigger.name);
  }
}
