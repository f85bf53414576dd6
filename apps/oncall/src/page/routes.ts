import { readFileSync } from 'node:fs';
import { type Html, sendPage } from '@watchkeeper/viewer';
import { type Request, type Response, Router } from 'express';
import { inboxPage } from './inbox-page.ts';
import { messagesPage } from './messages-page.ts';
import type { InboxView } from './view.ts';

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
