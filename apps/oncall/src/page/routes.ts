import { readFileSync } from 'node:fs';
import { type Html, sendPage } from '@watchkeeper/viewer';
import { type Request, type Response, Router } from 'express';
import { readHeartbeat } from '../inbox/heartbeat.ts';
import type { Inbox } from '../inbox/store.ts';
import { inboxPage } from './inbox-page.ts';
import type { PublicAddresses } from './links.ts';
import { messagesPage } from './messages-page.ts';
import type { InboxView } from './view.ts';

interface PageDependencies {
  readonly inbox: Inbox;
  readonly addresses: PublicAddresses;
  readonly heartbeatTimeoutSeconds: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

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
  { path: '/assets/inbox.js', file: './inbox.js', type: 'js' },
  { path: '/favicon.svg', file: './favicon.svg', type: 'svg' },
] as const;

/** `/`, `/messages` and their assets. */
export function pageRoutes(viewFor: (request: Request) => InboxView): Router {
  const router = Router();
  const show = (page: (view: InboxView) => Html) => (request: Request, response: Response) =>
    sendPage(response, page(viewFor(request)));
  router.get('/', show(inboxPage));
  router.get('/messages', show(messagesPage));
  for (const { path, file, type } of assets) {
    const content = readFileSync(new URL(file, import.meta.url), 'utf8');
    // Revalidated each time, so that an upgrade is visible at once.
    router.get(path, (_, response) => {
      response.set('cache-control', 'no-cache').type(type).send(content);
    });
  }
  return router;
}
