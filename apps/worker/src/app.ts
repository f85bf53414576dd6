import {
  authenticate,
  createApplication,
  faultGate,
  requireRole,
  type Tokens,
  translateDatabaseErrors,
} from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Pool } from 'pg';
import { createReports } from './analytics/reports.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import type { WorkerFaults } from './faults.ts';
import { createSessionCheck } from './http/session.ts';
import { createDeadEventStore } from './outbox/redrive.ts';
import { outboxRoutes } from './outbox/routes.ts';
import { createDeliveryStore } from './webhooks/deliveries.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { createSubscriptionStore } from './webhooks/subscriptions.ts';

/** What the worker's application is made of. */
export interface Dependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: WorkerFaults;
  readonly tokens: Tokens;
  readonly isPrivateAllowed: boolean;
  /** Wakes the sender of webhooks. */
  readonly wakeWebhooks: () => void;
}

/** Makes the worker's public application, for administrators only; it owns and starts nothing. */
export function createApp(given: Dependencies): Express {
  const { pool, telemetry, faults, tokens, isPrivateAllowed, wakeWebhooks: wake } = given;
  const signedIn = authenticate(tokens, { isActive: createSessionCheck(pool) });
  const guards = [signedIn, requireRole('admin'), faultGate(faults)];
  return createApplication(telemetry, (app) => {
    app.use(express.json({ limit: '100kb' }));
    const subscriptions = createSubscriptionStore(pool);
    const deliveries = createDeliveryStore(pool);
    const webhooks = { subscriptions, deliveries, isPrivateAllowed, wake, guards };
    app.use('/api/v1/webhooks', webhookRoutes(webhooks));
    app.use('/api/v1/outbox', outboxRoutes({ deadEvents: createDeadEventStore(pool), guards }));
    const analytics = { reports: createReports(pool), guards, now: Date.now };
    app.use('/api/v1/analytics', analyticsRoutes(analytics));
    app.use(translateDatabaseErrors());
  });
}
