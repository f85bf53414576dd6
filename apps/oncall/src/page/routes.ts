import { readFileSync } from 'node:fs';
import type { Html } from '@watchkeeper/viewer';
import { type Request, type Response, Router } from 'express';
import { readHeartbeat } from '../inbox/heartbeat.ts';
import type { Inbox } from '../inbox/store.ts';
import { type InboxView, inboxPage } from './inbox-page.ts';
import type { PublicAddresses } from './links.ts';
import { messagesPage } from './messages-page.ts';

/** What the page needs. */
export interface PageDependencies {
  readonly inbox: Inbox;
  readonly addresses: PublicAddresses;
  readonly heartbeatTimeoutSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Makes what a request's page shows. */
export function createViewFor(dependencies: PageDependencies): (request: Request) => InboxView {
  const { inbox, addresses, heartbeatTimeoutSeconds, now } = dependencies;
  return (request) => ({
    alerts: inbox.list(),
    messages: inbox.messages(),
    heartbeat: readHeartbeat(inbox, heartbeatTimeoutSeconds, now()),
    addresses,
    origin: `${request.protocol}://${request.host}`,
    now: now(),
  });
}

const assets = [
  { path: '/assets/inbox.css', file: './inbox.css', type: 'css' },
  { path: '/assets/runbook.css', file: './runbook.css', type: 'css' },
  { path: '/assets/inbox.js', file: './inbox.js', type: 'js' },
  { path: '/favicon.svg', file: './favicon.svg', type: 'svg' },
] as const;

/** `/`, `/messages` and their assets. */
export function pageRoutes(viewFor: (request: Request) => InboxView): Router {
  const router = Router();
  const show = (page: (view: InboxView) => Html) => (request: Request, response: Response) => {
    response
      .set('cache-control', 'no-store')
      .type('html')
      .send(String(page(viewFor(request))));
  };
  router.get('/', show(inboxPage));
  router.get('/messages', show(messagesPage));
  for (const { path, file, type } of assets) {
    const content = readFileSync(new URL(file, import.meta.url), 'utf8');
    // Revalidated each time, so that an upgrade shows at once.
    router.get(path, (_, response) => {
      response.set('cache-control', 'no-cache').type(type).send(content);
    });
  }
  return router;
}
