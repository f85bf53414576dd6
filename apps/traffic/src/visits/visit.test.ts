import { randomUUID } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { createEnvironmentReader, createMessageChannel } from '@watchkeeper/telemetry';
import { createTestTelemetry } from '@watchkeeper/telemetry/testing';
import { trafficMetrics } from '../catalogue.ts';
import { createClients } from '../clients.ts';
import { readConfiguration } from '../config.ts';
import { openConnection } from '../live/connection.ts';
import { messageTypes } from '../live/protocol.ts';
import { accountOf, sessionOf } from '../people/account.ts';
import { personOf, type Role } from '../people/person.ts';
import { createRandom } from '../random.ts';
import { startFakeGalley } from '../testing/fake-galley.ts';
import { createThrottledLog } from '../throttled-log.ts';
import { chooseScenario } from './scenarios.ts';
import { createVisit } from './visit.ts';

jest.setTimeout(60_000);

const now = () => performance.now();

/** The parts of a visit, without a process. */
async function createParts(url: string) {
  const environment = { TARGET_URL: url, SMS_INBOX_URL: url, TRAFFIC_STEP_SECONDS: '0' };
  const { telemetry } = await createTestTelemetry();
  const parts = {
    configuration: readConfiguration(createEnvironmentReader(environment)),
    metrics: telemetry.declareMetrics(trafficMetrics),
    log: createThrottledLog(telemetry.logger, now),
    ...{ telemetry, isOpen: () => true },
    ...{ newId: randomUUID, signal: new AbortController().signal, now },
  };
  const clients = createClients(parts);
  const signUp = async (role: Role) => {
    const person = personOf(1, role, 0);
    const answer = await clients.signInFrom('test', 'Phone').register(person);
    return { ...accountOf(person), session: sessionOf(answer, now()) };
  };
  const accounts = [await signUp('customer'), await signUp('courier'), await signUp('restaurant')];
  const pick = (role: Role) => accounts.find((account) => account.role === role);
  const nothing = () => {};
  return {
    ...parts,
    population: { accounts, pick, start: nothing, stop: nothing },
    crowd: {
      ...{ pick: () => undefined, connectionOf: () => undefined, start: nothing },
      ...{ disconnect: () => nothing, stop: async () => {} },
    },
    ...{ clients, onMessage: nothing },
    adopted: new Set<string>(),
  };
}

/** The requests of the first visits of a seed, one visit after the other. */
async function requestsOf(seed: number, visits = 60): Promise<string[]> {
  const galley = await startFakeGalley();
  const parts = await createParts(galley.url);
  const visit = createVisit(parts);
  galley.seen.length = 0;
  for (let index = 0; index < visits; index += 1) {
    const random = createRandom(seed, index);
    // More orders and mistakes than usual, so that few visits cover everything.
    const scenario = index % 4 === 0 ? 'order' : chooseScenario(random, 0.2);
    const result = await visit(scenario, random);
    expect([scenario, result]).toEqual([scenario, 'completed']);
  }
  galley.stop();
  return galley.seen.map(({ method, path }) => `${method} ${withoutNewIds(path)}`);
}

function withoutNewIds(path: string): string {
  // The ids of orders are new in each run; those of the menu begin with zeros.
  return path.replace(/(?!0{8})[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'id');
}

test('the same seed makes the same choices, another seed makes others', async () => {
  const first = await requestsOf(7);
  expect(first.filter((request) => request.endsWith('/deliver')).length).toBeGreaterThan(3);
  expect(await requestsOf(7)).toEqual(first);
  const other = await requestsOf(8, 10);
  expect(other).not.toEqual(first.slice(0, other.length));
});

test('a customer who reconnects during an order is notified of its delivery', async () => {
  const galley = await startFakeGalley();
  const parts = await createParts(galley.url);
  const connect = (role: Role) =>
    openConnection({
      url: `${galley.url.replace('http', 'ws')}/ws`,
      channel: createMessageChannel(parts.telemetry, { types: messageTypes }),
      ...{ accessToken: parts.population.pick(role)?.session?.accessToken ?? '', userId: '' },
      ...{ timeoutMs: 60_000, onClose: () => {}, now },
    });
  const [before, after, courier] = await Promise.all([
    connect('customer'),
    connect('customer'),
    connect('courier'),
  ]);
  const isAccepted = () => galley.seen.some(({ path }) => path.endsWith('/accept'));
  const online = { customer: () => (isAccepted() ? after : before), courier: () => courier };
  const connectionOf = ({ role }: { role: Role }) =>
    role === 'restaurant' ? undefined : online[role]();
  const visit = createVisit({ ...parts, crowd: { ...parts.crowd, connectionOf } });
  const result = await visit('order', createRandom(1, 0));
  for (const connection of [before, after, courier]) connection.drop();
  galley.stop();
  expect(result).toBe('completed');
  expect(galley.seen.filter(({ path }) => path.endsWith('/deliver'))).toHaveLength(1);
});

test('most visits only browse; every scenario occurs', () => {
  const counts = new Map<string, number>();
  const visits = 20_000;
  for (let index = 0; index < visits; index += 1) {
    const scenario = chooseScenario(createRandom(1, index), 0.05);
    counts.set(scenario, (counts.get(scenario) ?? 0) + 1);
  }
  const share = (scenario: string) => (counts.get(scenario) ?? 0) / visits;
  expect(share('menu')).toBeGreaterThan(0.7);
  // At twenty visits a second: 2,000 orders an hour.
  expect(share('order') * 20 * 3_600).toBeGreaterThan(1_700);
  expect(share('order') * 20 * 3_600).toBeLessThan(2_300);
  // Of each at least one a minute.
  for (const scenario of ['search', 'account', 'newcomer', 'sign_in', 'attachment'] as const) {
    expect(share(scenario) * 20 * 60).toBeGreaterThan(1);
  }
});

test.each([0, 0.05, 0.25, 1])('a share of %d of the visits makes a mistake', (wrongShare) => {
  const visits = Array.from({ length: 5_000 }, (_, index) =>
    chooseScenario(createRandom(3, index), wrongShare),
  );
  const wrong = visits.filter((scenario) => scenario === 'mistake').length;
  expect(Math.abs(wrong / visits.length - wrongShare)).toBeLessThan(0.02);
});
