import {
  createFaults,
  defineFault,
  expiresInSeconds,
  httpFaults,
  poolFaults,
  processFaults,
} from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { z } from 'zod';
import { handlerNames } from './outbox/event.ts';

const share = z.number().min(0).max(1).default(1);
/** Absent means all of them. */
const handler = z.enum(handlerNames).optional();

/** Everything that can be broken in the worker on purpose, all off. */
export function createWorkerFaults(pool: Pool, logger: Logger, isEnabled: boolean) {
  const known = {
    ...httpFaults,
    ...poolFaults(pool),
    ...processFaults(logger),
    pausedOutbox: defineFault(z.strictObject({ expiresInSeconds })),
    failingHandlers: defineFault(z.strictObject({ share, handler, expiresInSeconds })),
  };
  return createFaults(known, { isEnabled });
}

/** The switches of the worker. */
export type WorkerFaults = ReturnType<typeof createWorkerFaults>;
