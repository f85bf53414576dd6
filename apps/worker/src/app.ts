import {
  auditAdministrators,
  authenticate,
  createApplication,
  createSessionCheck,
  faultGate,
  requireRole,
  type TokenVerifier,
  translateDatabaseErrors,
} from '@watchkeeper/galley';
import type { Telemetry } from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Pool } from 'pg';
import { analyticsRoutes } from './analytics/routes.ts';
import type { WorkerFaults } from './faults.ts';
import { outboxRoutes } from './outbox/routes.ts';
import type { PrivateHosts } from './webhooks/address-guard.ts';
import { webhookRoutes } from './webhooks/routes.ts';

interface Dependencies {
  readonly pool: Pool;
  readonly telemetry: Telemetry;
  readonly faults: WorkerFaults;
  readonly tokens: TokenVerifier;
  readonly privateHosts: PrivateHosts;
  readonly wakeWebhooks: () => void;
}

/** Creates the worker's public application, for administrators only; it starts nothing. */
export function createApp({ pool, telemetry, faults, tokens, ...options }: Dependencies): Express {
  const signedIn = authenticate(tokens, createSessionCheck(pool));
  const audit = auditAdministrators(telemetry);
  const guards = [signedIn, audit, requireRole('admin'), faultGate(faults)];
  return createApplication(telemetry, (app) => {
    app.use(express.json({ limit: '100kb' }));
    app.use('/api/v1/webhooks', webhookRoutes({ pool, ...options }, guards));
    app.use('/api/v1/outbox', outboxRoutes(pool, guards));
    app.use('/api/v1/analytics', analyticsRoutes(pool, guards));
    app.use(translateDatabaseErrors());
  });
}
