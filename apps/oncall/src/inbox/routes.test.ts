import { expect, test } from '@jest/globals';
import { alert, heartbeat, minutesBefore, notification } from '../testing/notifications.ts';
import { useInbox } from '../testing/test-inbox.ts';
import { createHeartbeatWatch } from './heartbeat.ts';

const inbox = useInbox({ INBOX_CAPACITY: '3' });

test('stores a firing alert with every field', async () => {
  const response = await inbox.app.post(notification(alert()));
  expect([response.status, await response.json()]).toEqual([
    200,
    { stored: { firing: 1, resolved: 0, heartbeats: 0 } },
  ]);
  const received = '2026-01-31T03:00:00.000Z';
  expect(await inbox.app.alerts()).toEqual([
    {
      fingerprint: '3b15fd163d36582e',
      status: 'firing',
      labels: { alertname: 'HighErrorRate', severity: 'critical', job: 'api' },
      annotations: { summary: 'HTTP error rate is high.' },
      startsAt: '2026-01-31T02:50:00.000Z',
      endsAt: null,
      receivedAt: { firing: received, resolved: null, last: received },
      notifications: 1,
      receiver: 'inbox',
      groupKey: '{}:{alertname="HighErrorRate"}',
      generatorURL: 'http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
      externalURL: 'http://alertmanager:9093',
    },
  ]);
});

test('resolves a stored alert and keeps the times of both notifications', async () => {
  await inbox.app.post(notification(alert()));
  inbox.app.clock.now += 60_000;
  await inbox.app.post(notification(alert({ status: 'resolved', endsAt: minutesBefore(-1) })));
  expect(await inbox.app.alerts()).toMatchObject([
    {
      status: 'resolved',
      endsAt: '2026-01-31T03:01:00.000Z',
      receivedAt: { firing: '2026-01-31T03:00:00.000Z', resolved: '2026-01-31T03:01:00.000Z' },
      notifications: 2,
    },
  ]);
});

test('stores a second occurrence separately', async () => {
  await inbox.app.post(notification(alert({ status: 'resolved', endsAt: minutesBefore(5) })));
  await inbox.app.post(notification(alert({ startsAt: minutesBefore(2) })));
  expect(await inbox.app.alerts()).toMatchObject([{ status: 'firing' }, { status: 'resolved' }]);
});

test('reads times with an offset and nanoseconds as the same occurrence', async () => {
  await inbox.app.post(notification(alert({ startsAt: '2026-01-31T03:50:00.123456789+01:00' })));
  await inbox.app.post(notification(alert({ startsAt: '2026-01-31T02:50:00.123456789Z' })));
  expect(await inbox.app.alerts()).toMatchObject([{ notifications: 2 }]);
});

test('lists by status and name', async () => {
  const other = { labels: { alertname: 'HighLatency' }, fingerprint: 'other' };
  await inbox.app.post(notification(alert(), alert({ ...other, status: 'resolved' })));
  const names = async (query: string) =>
    (await inbox.app.alerts(query)).map(
      ({ labels }) => (labels as { alertname: string }).alertname,
    );
  expect(await names('?status=firing')).toEqual(['HighErrorRate']);
  expect(await names('?status=resolved')).toEqual(['HighLatency']);
  expect(await names('?alertname=HighLatency')).toEqual(['HighLatency']);
  expect(await names('?status=firing&alertname=HighLatency')).toEqual([]);
});

test('treats the watchdog as a heartbeat, not as an alert', async () => {
  const read = async () => (await (await inbox.app.get('/api/v1/alerts')).json()) as object;
  expect(await read()).toEqual({
    alerts: [],
    heartbeat: { status: 'absent', lastReceivedAt: null, ageSeconds: null, lateSince: null },
  });
  await inbox.app.post(notification(heartbeat()));
  inbox.app.clock.now += 180_000;
  const lastReceivedAt = '2026-01-31T03:00:00.000Z';
  expect(await read()).toEqual({
    alerts: [],
    heartbeat: { status: 'alive', lastReceivedAt, ageSeconds: 180, lateSince: null },
  });
  // A resolved watchdog is the opposite of a beat.
  await inbox.app.post(notification(heartbeat('resolved')));
  inbox.app.clock.now += 1_000;
  expect(await read()).toMatchObject({
    heartbeat: { status: 'late', ageSeconds: 181, lateSince: '2026-01-31T03:03:00.000Z' },
  });
});

test('treats every firing alert at the heartbeat receiver as a heartbeat', async () => {
  const named = alert({ labels: { alertname: 'DeadMansSwitch' } });
  const response = await inbox.app.post(notification(named), '/webhooks/heartbeat');
  expect([response.status, await response.json()]).toEqual([200, { stored: { heartbeats: 1 } }]);
  const over = { ...named, status: 'resolved' };
  await inbox.app.post(notification(over), '/webhooks/heartbeat');
  expect(await (await inbox.app.get('/api/v1/alerts')).json()).toMatchObject({
    alerts: [],
    heartbeat: { status: 'alive' },
  });
  expect(await inbox.app.renderMetrics()).toContain('inbox_heartbeats_total 1');
  expect((await inbox.app.post({ version: '3' }, '/webhooks/heartbeat')).status).toBe(422);
});

test('is late if no heartbeat has arrived since the start', async () => {
  inbox.app.clock.now += 181_000;
  expect(await (await inbox.app.get('/api/v1/alerts')).json()).toMatchObject({
    heartbeat: { status: 'late', lastReceivedAt: null, lateSince: '2026-01-31T03:03:00.000Z' },
  });
});

test('logs once that the heartbeat is late, and once that it has recovered', async () => {
  const turns: string[] = [];
  const watch = createHeartbeatWatch({
    inbox: inbox.app.inbox,
    timeoutSeconds: 180,
    logger: inbox.app.telemetry.logger,
    now: () => inbox.app.clock.now,
    onStatusChange: () => turns.push('turn'),
  });
  await inbox.app.inbox.beat();
  watch();
  expect(turns).toEqual([]);
  inbox.app.clock.now += 200_000;
  watch();
  watch();
  await inbox.app.inbox.beat();
  watch();
  expect(turns).toHaveLength(2);
  expect(inbox.app.linesOf('inbox_heartbeat_late')).toMatchObject([
    { level: 'error', last_received_at: '2026-01-31T03:00:00.000Z', timeout_seconds: 180 },
  ]);
  expect(inbox.app.linesOf('inbox_heartbeat_recovered')).toHaveLength(1);
});

test('drops the oldest resolved alert first, then the oldest firing one', async () => {
  const sendOne = async (fingerprint: string, status: string) => {
    inbox.app.clock.now += 1_000;
    await inbox.app.post(notification(alert({ fingerprint, status })));
  };
  const held = async () => (await inbox.app.alerts()).map(({ fingerprint }) => fingerprint).sort();
  await sendOne('f1', 'firing');
  await sendOne('r1', 'resolved');
  await sendOne('r2', 'resolved');
  await sendOne('f2', 'firing');
  expect(await held()).toEqual(['f1', 'f2', 'r2']);
  await sendOne('f3', 'firing');
  await sendOne('f1', 'firing');
  await sendOne('f4', 'firing');
  expect(await held()).toEqual(['f1', 'f3', 'f4']);
  expect(inbox.app.linesOf('inbox_alert_dropped').map(({ status }) => status)).toEqual([
    'resolved',
    'resolved',
    'firing',
  ]);
  const metrics = await inbox.app.renderMetrics();
  expect(metrics).toContain('inbox_alerts_dropped_total{status="resolved"} 2');
  expect(metrics).toContain('inbox_alerts{status="firing"} 3');
});

test('counts notifications and heartbeats, and logs each notification once', async () => {
  await inbox.app.post(notification(alert(), heartbeat()));
  await inbox.app.post({ ...notification(alert({ status: 'resolved' })), truncatedAlerts: 7 });
  const metrics = await inbox.app.renderMetrics();
  expect(metrics).toContain('inbox_notifications_total{status="firing"} 1');
  expect(metrics).toContain('inbox_notifications_total{status="resolved"} 1');
  expect(metrics).toContain('inbox_heartbeats_total 1');
  expect(metrics).toContain('inbox_last_heartbeat_timestamp_seconds 1769828400');
  expect(inbox.app.linesOf('alert_notification_received')).toMatchObject([
    { receiver: 'inbox', firing: 1, resolved: 0, heartbeats: 1, truncated_alerts: 0 },
    { receiver: 'inbox', firing: 0, resolved: 1, heartbeats: 0, truncated_alerts: 7 },
  ]);
});

test('stores every alert of concurrent notifications', async () => {
  const sent = [1, 2, 3].map((index) =>
    inbox.app.post(notification(alert({ fingerprint: `f${index}` }), alert())),
  );
  expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200]);
  const all = await inbox.app.alerts();
  expect(all.find(({ fingerprint }) => fingerprint === '3b15fd163d36582e')).toMatchObject({
    notifications: 3,
  });
});

test('responds with 503 if it cannot store, so that Alertmanager retries', async () => {
  await inbox.app.inbox.close();
  const response = await inbox.app.post(notification(alert()));
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { error: 'Service Unavailable', message: 'The request failed. Quote the request id.' },
  ]);
  expect(await inbox.app.alerts()).toEqual([]);
});
