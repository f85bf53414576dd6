import {
  errorHandler,
  httpMiddleware,
  notFoundHandler,
  ownPagesOnly,
  requestGuard,
} from '@watchkeeper/telemetry';
import { dashboardRoutes, dataRoutes } from '@watchkeeper/viewer';
import express, { type Express } from 'express';
import { auditRoutes } from './audit/routes.ts';
import type { Dependencies } from './dependencies.ts';
import { listRoutes } from './inbox/list-routes.ts';
import { webhookRoutes } from './inbox/routes.ts';
import { pageRoutes } from './page/routes.ts';
import { securityHeaders } from './page/security-headers.ts';
import { createViewFor } from './page/view.ts';
import { pagerdutyRoutes } from './receivers/pagerduty.ts';
import { createReceiver } from './receivers/receiver.ts';
import { slackRoutes } from './receivers/slack.ts';
import { runbookRoutes } from './runbooks/routes.ts';
import { silenceRoutes } from './silences/routes.ts';

/** Creates the public application. */
export function createApp(dependencies: Dependencies): Express {
  const { configuration, telemetry, inbox, live, senders } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());
  // No foreign page reads alerts or acts here, even under a name that was pointed at this machine.
  app.use(requestGuard(telemetry.configuration.allowedHosts));
  // Before the request metrics: an open stream is no slow request.
  app.get('/events', ownPagesOnly(), live.handler);
  // A slow query of a dashboard, or a Loki that is down, is no failure of this service.
  app.use('/dashboards/data', dataRoutes({ ...configuration, telemetry }));
  app.use(httpMiddleware(telemetry));
  const viewFor = createViewFor(dependencies);
  app.use('/webhooks', webhookRoutes(dependencies));
  app.use('/api/v1', listRoutes(dependencies));
  app.use('/slack', senders.requireToken, slackRoutes(createReceiver(telemetry, inbox, 'slack')));
  app.use('/pagerduty', pagerdutyRoutes(createReceiver(telemetry, inbox, 'pager'), senders));
  app.use('/', runbookRoutes({ ...configuration, telemetry, viewFor }));
  app.use('/', auditRoutes(dependencies, viewFor));
  app.use('/', silenceRoutes({ ...dependencies, viewFor }));
  app.use('/', dashboardRoutes(configuration));
  app.use('/', pageRoutes(viewFor));
  app.use(notFoundHandler());
  app.use(errorHandler(telemetry));
  return app;
}
