import { z } from 'zod';
import { expiresInSeconds } from './fault.ts';

/** How long an answer may be held back on purpose, in milliseconds. */
export const heldBackMs = z.number().int().min(0).max(60_000);

/** What may be answered instead, on purpose. */
export const failureStatus = z.number().int().min(400).max(599);

/** What can be wrong with something that is asked over the network: it is late, fails, or both. */
export const troubles = z
  .strictObject({
    share: z.number().min(0).max(1).default(1),
    milliseconds: heldBackMs.optional(),
    status: failureStatus.optional(),
    expiresInSeconds,
  })
  .refine(({ milliseconds, status }) => milliseconds !== undefined || status !== undefined, {
    message: 'Expected `milliseconds`, `status` or both.',
  });
