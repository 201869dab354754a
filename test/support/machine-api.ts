import { z } from 'zod';
import { waitFor } from './wait-for.js';

const machineSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.string(),
  slotsBusy: z.number(),
  capacity: z.object({ state: z.string(), activity: z.string(), reason: z.string() }).nullable(),
});

export type ListedMachine = z.infer<typeof machineSchema>;

/** A machine by its name, as management shows it; undefined when it never came. */
export async function findMachine(url: string, name: string): Promise<ListedMachine | undefined> {
  const response = await fetch(`${url}/api/v1/machines`);
  const { machines } = z.object({ machines: z.array(machineSchema) }).parse(await response.json());
  return machines.find((machine) => machine.name === name);
}

/** Waits until management shows a machine in this state. */
export async function machineInState(url: string, name: string, state: string): Promise<ListedMachine> {
  const found = async (): Promise<ListedMachine | undefined> => {
    const machine = await findMachine(url, name);
    return machine?.state === state ? machine : undefined;
  };
  return waitFor(found, { timeoutMs: 120_000, intervalMs: 100, what: `${name} to be ${state}` });
}

/** Orders something for a machine. @throws {Error} with what management says, when it is refused */
export async function orderMachine(
  url: string,
  id: string,
  order: 'drain' | 'undrain' | 'revoke',
  body: object = {},
): Promise<void> {
  const response = await fetch(`${url}/api/v1/machines/${id}/${order}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${order} was refused (${response.status}): ${await response.text()}`);
  await response.body?.cancel();
}

/** A new enrolment token. */
export async function enrolmentToken(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/enrolment-tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  return z.object({ token: z.string() }).parse(await response.json()).token;
}
