import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type FakeGalley, startFakeGalley } from '../testing/fake-galley.ts';
import { type ClientOptions, createClient } from './client.ts';
import { createRetryAfters } from './retry-after.ts';

let galley: FakeGalley;
let nowMs: number;
let outcomes: string[];
let options: ClientOptions;

beforeEach(async () => {
  galley = await startFakeGalley();
  nowMs = 0;
  outcomes = [];
  options = {
    baseUrl: galley.url,
    fetch: globalThis.fetch,
    timeoutMs: 5_000,
    retryAfters: createRetryAfters(() => nowMs),
    signal: new AbortController().signal,
    onOutcome: (operation, outcome) => outcomes.push(`${operation} ${outcome}`),
    onLimited: (operation, limiter, waitMs) => outcomes.push(`${operation} ${limiter} ${waitMs}`),
  };
});

afterEach(() => galley.stop());

const list = () => createClient(options, { correlationId: 'visit' }).send('list_restaurants');

test('returns the expected response', async () => {
  expect((await list()).items).toHaveLength(5);
  expect(outcomes).toEqual(['list_restaurants expected']);
});

test.each([
  ['fails', 'Expected `list_restaurants` to respond with 200, got 503.'],
  [
    'sends garbage',
    'Expected `list_restaurants` to respond with its documented body, got a body wrong in `items`.',
  ],
] as const)('rejects the response of a service that %s', async (behaviour, message) => {
  galley.state.behaviour = behaviour;
  await expect(list()).rejects.toMatchObject({ name: 'UnexpectedAnswerError', message });
  expect(outcomes).toEqual(['list_restaurants unexpected']);
});

test('rejects if there is no response', async () => {
  galley.stop();
  await expect(list()).rejects.toMatchObject({
    name: 'RequestFailedError',
    message: 'Expected a response to `list_restaurants`, got none.',
  });
  expect(outcomes).toEqual(['list_restaurants failed']);
});

test('honours Retry-After for everybody of its address', async () => {
  galley.state.behaviour = 'limits';
  await expect(list()).rejects.toMatchObject({
    name: 'LimitedError',
    message: 'Expected `list_restaurants` to be allowed, got 1 s to wait.',
  });
  expect(outcomes).toEqual(['list_restaurants address 1000', 'list_restaurants limited']);
  galley.state.behaviour = 'well';
  nowMs = 999;
  const other = createClient(options, { correlationId: 'visit', name: '+14155550000' });
  await expect(other.send('list_restaurants')).rejects.toMatchObject({ name: 'LimitedError' });
  // Nothing was sent meanwhile, so nothing was counted.
  expect([outcomes.length, galley.seen.length]).toEqual([2, 1]);
  nowMs = 1_000;
  expect((await other.send('list_restaurants')).items).toHaveLength(5);
});

test('resolves an accepted refusal to undefined', async () => {
  const client = createClient(options, { correlationId: 'visit' });
  const request = { id: 'unknown', refusals: [404] };
  expect(await client.attempt('read_restaurant', request)).toBeUndefined();
  expect(outcomes).toEqual(['read_restaurant expected']);
});

test('reports a refused token to its account', async () => {
  const refused: string[] = [];
  const client = createClient(options, {
    correlationId: 'visit',
    name: 'somebody',
    accessToken: () => 'over',
    onTokenRefused: () => refused.push('refused'),
  });
  await expect(client.send('list_orders')).rejects.toMatchObject({
    message: 'Expected `list_orders` to respond with 200, got 401.',
  });
  expect(refused).toEqual(['refused']);
});
