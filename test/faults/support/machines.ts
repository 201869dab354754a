import { z } from 'zod';
import { waitFor } from '../../support/wait-for.js';

const schema = z.object({
  machines: z.array(z.object({ name: z.string(), state: z.string(), reason: z.string() })),
});

/** Long enough for a busy machine: what is promised is 30 s. */
const WITHIN_MS = 90_000;

/** Waits until management lists a machine in this state, for this reason. */
export async function machineIs(url: string, name: string, state: string, reason = /^/): Promise<void> {
  await waitFor(
    async () => {
      const { machines } = schema.parse(await (await fetch(`${url}/api/v1/machines`)).json());
      const machine = machines.find((one) => one.name === name);
      if (machine?.state === state && reason.test(machine.reason)) return true;
      throw new Error(`It is ${machine?.state}: ${machine?.reason}`);
    },
    { timeoutMs: WITHIN_MS, what: `${name} to be ${state} for ${reason}` },
  );
}
