import { randomInt } from 'node:crypto';
import { newId } from '#shared/domain/ids.js';
import type { AppHost } from '../pool/app-host.js';
import type { AppHostPool } from '../pool/app-host-pool.js';
import type { HostResult } from '../pool/ending.js';
import { TEST_APP, TEST_FUNCTION } from './test-app.js';

/** Ten thousand times what it takes. */
const TEST_SECONDS = 30;

/**
 * Runs a tiny function the whole way that work takes: container, language worker, channel, and back. The container is its own: it
 * neither waits for room in the pool nor makes any.
 * @returns what went wrong, in a sentence; null: nothing. Never rejects.
 */
export async function runTestFunction(pool: Pick<AppHostPool, 'startApart'>): Promise<string | null> {
  let host: AppHost | undefined;
  try {
    host = await pool.startApart(TEST_APP, TEST_APP);
    const number = randomInt(1_000_000);
    return problemIn(await invoke(host, number), number);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await host?.retire();
  }
}

function invoke(host: AppHost, number: number): Promise<HostResult> {
  const invocation = {
    invocationId: newId(),
    functionName: TEST_FUNCTION,
    input: { kind: 'queue', message: String(number) },
    onLog: () => undefined,
  } as const;
  return host.invoke(invocation, TEST_SECONDS);
}

/** What is wrong with the test function's end. */
export function problemIn(result: HostResult, number: number): string | null {
  switch (result.state) {
    case 'succeeded': {
      const { returnValue, outputs } = result.output;
      const said = JSON.stringify(outputs?.['$return'] ?? returnValue ?? null);
      if (said === JSON.stringify({ doubled: number * 2 })) return null;
      return `It was given ${number} and returned ${said}.`;
    }
    case 'failed':
      return result.failure.message;
    case 'timedOut':
      return `It did not end within ${TEST_SECONDS} s.`;
    default:
      return `It ended ${result.state}.`;
  }
}
