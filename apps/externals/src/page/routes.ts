import { readFileSync } from 'node:fs';
import { Router } from 'express';
import { readHeartbeat } from '../inbox/heartbeat.ts';
import type { Inbox } from '../inbox/store.ts';
import { inboxPage } from './inbox-page.ts';
import type { PublicAddresses } from './links.ts';

/** What the page needs. */
export interface PageDependencies {
  readonly inbox: Inbox;
  readonly addresses: PublicAddresses;
  readonly heartbeatTimeoutSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** `/` and its assets. */
export function pageRoutes(dependencies: PageDependencies): Router {
  const { inbox, addresses, heartbeatTimeoutSeconds, now } = dependencies;
  const asset = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
  const stylesheet = asset('./inbox.css');
  const icon = asset('./favicon.svg');
  const router = Router();
  router.get('/', (request, response) => {
    const page = inboxPage({
      alerts: inbox.list(),
      heartbeat: readHeartbeat(inbox, heartbeatTimeoutSeconds, now()),
      addresses,
      origin: `${request.protocol}://${request.host}`,
      isRefreshing: request.query.refresh !== 'off',
      now: now(),
    });
    response.set('cache-control', 'no-store').type('html').send(String(page));
  });
  // Revalidated each time, so that an upgrade shows at once.
  router.get('/assets/inbox.css', (_, response) => {
    response.set('cache-control', 'no-cache').type('css').send(stylesheet);
  });
  router.get('/favicon.svg', (_, response) => {
    response.set('cache-control', 'no-cache').type('svg').send(icon);
  });
  return router;
}
