import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appNames, type Stack, startStack } from '@watchkeeper/stack';
import { makeTemporaryFolder, removeTemporaryFolders } from '@watchkeeper/testing/temporary-folder';
import { waitUntil } from '@watchkeeper/testing/waiting';

// The synthetic people against the real services, without the monitoring around them.
const stateFolder = makeTemporaryFolder('traffic');
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    stateFolder,
    ports: 'free',
    components: ['postgres', ...appNames.filter((name) => name !== 'oncall')],
    environment: {
      traffic: {
        ...{ TRAFFIC_RATE: '40', TRAFFIC_STEP_SECONDS: '0.5', TRAFFIC_SIGN_UPS_PER_SECOND: '4' },
        ...{ TRAFFIC_CUSTOMERS: '18', TRAFFIC_COURIERS: '4', TRAFFIC_RESTAURANTS: '2' },
        ...{ TRAFFIC_CONNECTIONS: '20', FAULTS_ENABLED: 'true' },
      },
    },
  });
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  removeTemporaryFolders();
}, 60_000);

/** The value of each series of a metric, by its labels as they stand. */
async function seriesOf(app: string, metric: string): Promise<Map<string, number>> {
  const text = await (await stack.manage(app, '/metrics')).text();
  const lines = text.split('\n').filter((line) => /^[{ ]/.test(line.slice(metric.length)));
  const own = lines.filter((line) => line.startsWith(metric));
  return new Map(
    own.map((line) => {
      const [, labels = '', value = ''] = /^\w+(?:\{(.*?)\})? (\S+)/.exec(line) ?? [];
      return [labels, Number(value)];
    }),
  );
}

const sum = (series: Map<string, number>, part: RegExp) =>
  [...series].reduce((total, [labels, value]) => total + (part.test(labels) ? value : 0), 0);

// Without rare requests: a minute has to be enough.
const steady = [
  ...['list_restaurants', 'read_restaurant', 'search', 'register', 'verify', 'read_message'],
  ...['log_in', 'log_out', 'list_sessions', 'list_logins', 'read_profile', 'list_orders'],
  ...['create_order', 'read_order', 'change_order', 'create_payment', 'capture_payment'],
  ...['list_assignments', 'accept_assignment', 'pick_up', 'deliver'],
  ...['upload', 'download', 'ask_assistant', 'read_nothing', 'refresh'],
];

test('every kind of request occurs, and none fails unexpectedly', async () => {
  await waitUntil(
    'every kind of request',
    async () => {
      const requests = await seriesOf('traffic', 'traffic_requests_total');
      const isSeen = (operation: string) =>
        sum(requests, new RegExp(`operation="${operation}",outcome="expected"`)) > 0;
      return steady.every(isSeen);
    },
    120_000,
  );
  const requests = await seriesOf('traffic', 'traffic_requests_total');
  const isFailure = /outcome="(unexpected|failed|limited)"/;
  expect([...requests].filter(([labels, n]) => isFailure.test(labels) && n > 0)).toEqual([]);
  const visits = await seriesOf('traffic', 'traffic_visits_total');
  expect(sum(visits, /result="(unexpected|failed|limited)"/)).toBe(0);
  for (const app of ['api', 'gateway', 'realtime']) {
    const answers = await seriesOf(app, 'http_requests_total');
    expect([app, sum(answers, /status_code="5/)]).toEqual([app, 0]);
  }
}, 150_000);

test('orders, payments, chats and logins leave their traces in every service', async () => {
  const totals: readonly (readonly [string, string, RegExp])[] = [
    ['api', 'orders_completed_total', /^$/],
    ['api', 'payment_captures_total', /result="success"/],
    ['api', 'delivery_assignments_total', /result="accepted"/],
    ['api', 'ai_requests_total', /result="success"/],
    ['api', 'auth_failures_total', /./],
    ['api', 's3_upload_duration_seconds_count', /result="success"/],
    ['api', 'galley_active_users', /^$/],
    ['realtime', 'ws_messages_received_total', /type="chat.read"/],
    ['realtime', 'ws_messages_sent_total', /type="order.status"/],
    ['realtime', 'galley_chat_messages_total', /recipient="online"/],
    ['worker', 'events_processed_total', /result="success"/],
    ['gateway', 'cache_hits_total', /gateway_responses/],
  ];
  for (const [app, metric, labels] of totals) {
    const what = `${metric} of ${app}`;
    await waitUntil(what, async () => sum(await seriesOf(app, metric), labels) > 0, 60_000);
  }
  const failures = await seriesOf('api', 'ledger_invariant_violations_total');
  expect(sum(failures, /^$/)).toBe(0);
}, 150_000);

test('a mass disconnect closes more than half of the connections', async () => {
  const connections = async () => sum(await seriesOf('realtime', 'ws_connections_active'), /^$/);
  // Customers come and go.
  await waitUntil('most online', async () => (await connections()) >= 16, 90_000);
  await stack.manage('traffic', '/faults', { method: 'PUT', body: '{"disconnects": {}}' });
  await waitUntil('less than half left', async () => (await connections()) < 8);
  await stack.manage('traffic', '/faults', { method: 'DELETE' });
  await waitUntil('most back', async () => (await connections()) >= 16, 90_000);
}, 240_000);

test('repeated guesses fail, and few of them cost a password check', async () => {
  const refused = async (reason: string) =>
    sum(await seriesOf('api', 'auth_failures_total'), new RegExp(`reason="${reason}"`));
  const before = await refused('unknown_phone');
  await stack.manage('traffic', '/faults', {
    method: 'PUT',
    body: '{"failedLogins": {"perSecond": 30}}',
  });
  await waitUntil('a hundred', async () => (await refused('locked')) >= 100, 90_000);
  await stack.manage('traffic', '/faults', { method: 'DELETE' });
  // Five lock the number; a few more are people who mistype theirs.
  expect((await refused('unknown_phone')) - before).toBeLessThan(15);
}, 120_000);
