import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sendRandomRequests, unknownRoutes } from '@watchkeeper/testing/random-requests';
import fc from 'fast-check';
import { makeFolder, startInbox, type TestInbox } from './testing/test-inbox.ts';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let inbox: TestInbox;

beforeAll(async () => {
  folder = await makeFolder();
  inbox = await startInbox(folder.file);
});
afterAll(async () => {
  await inbox.stop();
  await folder.remove();
});

const labels = fc.dictionary(fc.string({ maxLength: 20 }), fc.oneof(fc.string(), fc.integer()));
const alert = fc.record(
  {
    status: fc.constantFrom('firing', 'resolved', 'other'),
    labels,
    annotations: labels,
    startsAt: fc.oneof(fc.string(), fc.constant('2026-01-31T03:00:00Z')),
    endsAt: fc.oneof(fc.string(), fc.constant('0001-01-01T00:00:00Z')),
    generatorURL: fc.oneof(fc.webUrl(), fc.string()),
    fingerprint: fc.string(),
  },
  { requiredKeys: [] },
);
const nearlyValid = fc.record(
  {
    version: fc.constantFrom('4', '3', 4),
    groupKey: fc.string(),
    receiver: fc.string(),
    status: fc.constantFrom('firing', 'resolved'),
    externalURL: fc.string(),
    alerts: fc.array(alert, { maxLength: 4 }),
    routing_key: fc.string(),
    event_action: fc.constantFrom('trigger', 'resolve', 'other'),
    payload: fc.record({ summary: fc.string() }),
    attachments: fc.array(fc.record({ title: fc.string(), text: fc.string() })),
  },
  { requiredKeys: [] },
);

test('never answers 5xx to random requests', async () => {
  // Event streams never end and read no body.
  const routes = inbox.routes.filter(({ path }) => path !== '/events');
  const target = { origin: inbox.origin, routes };
  await sendRandomRequests(target, nearlyValid);
  expect(unknownRoutes(await inbox.renderMetrics(), inbox)).toEqual([]);
});
