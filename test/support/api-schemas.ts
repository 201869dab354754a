import { z } from 'zod';

/** Parts that several answers of the API have, as far as tests look at them. */
export const failureSchema = z.object({ source: z.string(), type: z.string(), message: z.string() });

export const logLineSchema = z.object({ level: z.string(), category: z.string(), message: z.string() });
