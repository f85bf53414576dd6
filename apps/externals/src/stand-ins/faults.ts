import {
  createFaults,
  defineFault,
  expiresInSeconds,
  httpFaults,
  processFaults,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import { z } from 'zod';

/** The third parties that are stood in for. */
export const standIns = ['sms', 'card', 'ai', 'hooks'] as const;

/** One of them. */
export type StandIn = (typeof standIns)[number];

/** How long an answer may be held back on purpose, in milliseconds. */
export const latency = z.number().int().min(0).max(60_000);

/** What may be answered instead, on purpose. */
export const failureStatus = z.number().int().min(400).max(599);

const share = z.number().min(0).max(1).default(1);

const troubles = z
  .strictObject({
    share,
    milliseconds: latency.optional(),
    status: failureStatus.optional(),
    expiresInSeconds,
  })
  .refine(({ milliseconds, status }) => milliseconds !== undefined || status !== undefined, {
    message: 'Expected `milliseconds`, `status` or both.',
  });

/** Everything that can be broken in the externals on purpose, all off. */
export function createExternalsFaults(logger: Logger, isEnabled: boolean) {
  const known = {
    ...httpFaults,
    ...processFaults(logger),
    sms: defineFault(troubles),
    card: defineFault(troubles),
    ai: defineFault(troubles),
    hooks: defineFault(troubles),
  };
  return createFaults(known, { isEnabled });
}

/** The switches of the externals. */
export type ExternalsFaults = ReturnType<typeof createExternalsFaults>;
