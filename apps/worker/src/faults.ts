import { createFaults, defineFault, expiresInSeconds, serviceFaults } from '@watchkeeper/galley';
import type { Logger } from '@watchkeeper/telemetry';
import type { Pool } from 'pg';
import { z } from 'zod';
import { handlerNames } from './outbox/event.ts';

const share = z.number().min(0).max(1).default(1);
/** All handlers if absent. */
const handler = z.enum(handlerNames).optional();

/** Creates the worker's faults, all off. */
export function createWorkerFaults(pool: Pool, logger: Logger, isEnabled: boolean) {
  const known = {
    ...serviceFaults(pool, logger),
    pausedOutbox: defineFault(z.strictObject({ expiresInSeconds })),
    failingHandlers: defineFault(z.strictObject({ share, handler, expiresInSeconds })),
  };
  return createFaults(known, { isEnabled });
}

export type WorkerFaults = ReturnType<typeof createWorkerFaults>;
