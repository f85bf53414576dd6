import { z } from 'zod';

/** The parameters of a path that names one thing. */
export const identity = z.object({ id: z.uuid() });

/** What every list takes: how many, and after which one. */
export const page = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.uuid().optional(),
};
