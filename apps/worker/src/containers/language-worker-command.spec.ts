import { describe, expect, it } from '@jest/globals';
import { languageWorkerArguments, languageWorkerEnvironment, nodeFlags } from './language-worker-command.js';

const target = {
  host: '172.18.0.1',
  port: 50051,
  token: 'secret',
  containerId: 'c-1',
  maxMessageBytes: 1024,
};

describe('languageWorkerArguments', () => {
  it('is both sets that Azure’s host passes', () => {
    expect(languageWorkerArguments(target).join(' ')).toBe(
      '--host 172.18.0.1 --port 50051 --workerId secret --requestId c-1 --grpcMaxMessageLength 1024 ' +
        '--functions-uri http://172.18.0.1:50051/ --functions-worker-id secret ' +
        '--functions-request-id c-1 --functions-grpc-max-message-length 1024',
    );
  });

  it('writes an IPv6 address as a URL needs it', () => {
    expect(languageWorkerArguments({ ...target, host: 'fd00::1' })).toEqual(
      expect.arrayContaining(['fd00::1', 'http://[fd00::1]:50051/']),
    );
  });
});

describe('languageWorkerEnvironment', () => {
  it('does not let an app’s setting send its language worker elsewhere', () => {
    const settings = { A: '1', FUNCTIONS_WORKER_DIRECTORY: '/evil', FUNCTIONS_WORKER_RUNTIME: 'python' };
    expect(languageWorkerEnvironment(settings, { worker: '/worker', app: '/app' })).toEqual({
      A: '1',
      FUNCTIONS_WORKER_DIRECTORY: '/worker',
      FUNCTIONS_APPLICATION_DIRECTORY: '/app',
      FUNCTIONS_WORKER_RUNTIME: 'node',
    });
  });
});

describe('nodeFlags', () => {
  it('leaves a quarter of the memory to what is not heap', () => {
    expect(nodeFlags(512 * 1024 * 1024)).toEqual(['--max-old-space-size=384']);
  });
});
