import { z } from 'zod';
import { waitFor } from './wait-for.js';

export interface PlacementOrder {
  readonly requirements?: string;
  readonly rank?: string;
}

const previewSchema = z.object({
  machines: z.array(
    z.object({ machine: z.string(), met: z.string(), because: z.string().nullable(), rank: z.number() }),
  ),
});

export type PlacementPreview = z.infer<typeof previewSchema>;

/** Sets what a function asks of its machines. @throws {Error} with what management says */
export async function placeFunction(url: string, path: string, order: PlacementOrder): Promise<void> {
  await put(`${url}/api/v1/apps/${path.replace('/', '/functions/')}/placement`, order);
}

export async function placementPreview(url: string, path: string): Promise<PlacementPreview> {
  const response = await fetch(`${url}/api/v1/apps/${path.replace('/', '/functions/')}/placement/preview`);
  return previewSchema.parse(await response.json());
}

export async function labelMachine(
  url: string,
  id: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await put(`${url}/api/v1/machines/${id}/labels`, labels);
}

const waitingSchema = z.object({
  waitReason: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** Waits until an invocation or run (its path below the API) says that it waits. */
export async function waitReasonOf(url: string, path: string): Promise<{ code: string; message: string }> {
  return waitFor(
    async () => {
      const response = await fetch(`${url}/api/v1/${path}`);
      return waitingSchema.parse(await response.json()).waitReason ?? undefined;
    },
    { timeoutMs: 60_000, what: `${path} to say why it waits` },
  );
}

async function put(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}
