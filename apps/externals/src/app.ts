import {
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  type Telemetry,
} from '@watchkeeper/telemetry';
import express, { type Express } from 'express';
import type { Configuration } from './config.ts';
import { alertRoutes, webhookRoutes } from './inbox/routes.ts';
import type { Inbox } from './inbox/store.ts';
import { pageRoutes } from './page/routes.ts';
import { securityHeaders } from './page/security-headers.ts';
import { runbookRoutes } from './runbooks/routes.ts';
import type { ExternalsFaults } from './stand-ins/faults.ts';
import { standInRoutes } from './stand-ins/routes.ts';

/** What the externals are made of. */
export interface Dependencies {
  readonly configuration: Configuration;
  readonly telemetry: Telemetry;
  readonly inbox: Inbox;
  readonly faults: ExternalsFaults;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes the externals' public application; it owns nothing and starts nothing. */
export function createApp(given: Dependencies): Express {
  const { configuration, telemetry, inbox, faults, now } = given;
  const { heartbeatTimeoutSeconds, runbooksFolder } = configuration;
  const app = express();
  app.disable('x-powered-by');
  app.use(httpMiddleware(telemetry));
  app.use(securityHeaders());
  const dependencies = { telemetry, inbox, heartbeatTimeoutSeconds, now };
  app.use('/webhooks', webhookRoutes(dependencies));
  app.use('/api/v1/alerts', alertRoutes(dependencies));
  app.use('/runbooks', runbookRoutes(runbooksFolder));
  app.use('/', standInRoutes({ telemetry, faults, now }));
  app.use('/', pageRoutes({ ...dependencies, addresses: configuration }));
  app.use(notFoundHandler());
  app.use(errorHandler(telemetry));
  return app;
}
