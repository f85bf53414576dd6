import { expect, test } from '@jest/globals';
import { foreignRequests, sendExactly } from '@watchkeeper/testing/foreign-page';
import { useInbox } from './testing/test-inbox.ts';

const fixture = useInbox();

test('acts for no page of another site, whatever the route', async () => {
  const { app } = fixture;
  for (const { method, path } of app.routes.filter((route) => route.method !== 'GET')) {
    for (const [title, status, headers] of foreignRequests(app.origin)) {
      const answer = await sendExactly(app.origin, { method, path, headers });
      expect([method, path, title, answer.status]).toEqual([method, path, title, status]);
    }
  }
});

test('shows nothing under a foreign name', async () => {
  const { app } = fixture;
  const headers = [['host', 'rebind.attacker.example']] as const;
  for (const path of ['/', '/api/v1/messages', '/events', '/dashboards/data/prometheus/query']) {
    expect([path, (await sendExactly(app.origin, { path, headers })).status]).toEqual([path, 421]);
  }
});

test('runs no query and opens no stream for another site', async () => {
  const { app } = fixture;
  const headers = [
    ['host', 'localhost'],
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-mode', 'no-cors'],
  ] as const;
  for (const path of [
    '/events',
    '/runbooks/HighErrorRate/queries/1',
    '/alerts/a/runbooks/A/queries/1',
  ]) {
    expect([path, (await sendExactly(app.origin, { path, headers })).status]).toEqual([path, 403]);
  }
});
