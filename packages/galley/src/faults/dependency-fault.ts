import { z } from 'zod';
import { expiresInSeconds } from './fault.ts';

export const latencyMs = z.number().int().min(0).max(60_000);

export const failureStatus = z.number().int().min(400).max(599);

/** Settings of a fault in a dependency reached over the network: latency, failures, or both. */
export const dependencyFault = z
  .strictObject({
    share: z.number().min(0).max(1).default(1),
    milliseconds: latencyMs.optional(),
    status: failureStatus.optional(),
    expiresInSeconds,
  })
  .refine(({ milliseconds, status }) => milliseconds !== undefined || status !== undefined, {
    message: 'Expected `milliseconds`, `status` or both.',
  });
