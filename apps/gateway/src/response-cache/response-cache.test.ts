import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { json } from '../testing/fake-service.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let page = 0;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(() => gateway.stop());

beforeEach(() => {
  gateway.api.received.length = 0;
  gateway.api.handle = ({ url }, response) => json(response, 200, { url, at: Date.now() });
  page += 1;
});

/** Every test has a page of its own, so that none finds what another left. */
async function ask(headers: Record<string, string> = {}, path = '/api/v1/restaurants') {
  const answer = await fetch(`${gateway.base}${path}?page=${page}`, { headers });
  return { answer, text: await answer.text(), source: answer.headers.get('x-cache') };
}

async function metric(name: string): Promise<number> {
  const line = new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)`, 'm');
  return Number(line.exec(await gateway.telemetry.renderMetrics())?.[1]);
}

test('requests a fresh response once, and meters the cache', async () => {
  const hits = 'cache_hits_total{cache="gateway_responses"}';
  const before = (await metric(hits)) || 0;
  const first = await ask();
  const second = await ask();
  expect([first.source, second.source]).toEqual(['miss', 'hit']);
  expect(second.text).toBe(first.text);
  expect(second.answer.headers.get('cache-control')).toBe('public, max-age=10');
  expect(second.answer.headers.get('age')).toBe('0');
  expect(gateway.api.received).toHaveLength(1);
  expect(await metric(hits)).toBe(before + 1);
  expect(await metric('cache_entries{cache="gateway_responses"}')).toBeGreaterThan(0);
  gateway.pass(10_001);
  expect((await ask()).source).toBe('miss');
});

test('answers 304 from the cache', async () => {
  const { answer } = await ask();
  const etag = answer.headers.get('etag') ?? '';
  // Without the second header `fetch` would ask for no answer from a cache.
  const again = await ask({ 'if-none-match': etag, 'cache-control': 'max-age=0' });
  expect(again.answer.status).toBe(304);
  expect(gateway.api.received).toHaveLength(1);
});

test('sends one request for a hundred concurrent ones', async () => {
  const shared = 'gateway_shared_answers_total{source="in_flight"}';
  const before = await metric(shared);
  const asked = () => gateway.linesOf('http_request_received').length;
  const askedBefore = asked();
  gateway.api.handle = async (_, response) => {
    await waitUntil(() => asked() === askedBefore + 50);
    json(response, 200, { at: Date.now() });
  };
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(gateway.api.received).toHaveLength(1);
  expect((await metric(shared)) - before).toBeGreaterThan(0);
});

test.each([
  ['Authorization', async () => ({ authorization: await gateway.signIn() })],
  ['a cookie', () => ({ cookie: 'session=1' })],
])('neither stores nor shares responses to requests with %s', async (_, headersOf) => {
  const headers = await headersOf();
  await ask(headers);
  const { answer } = await ask(headers);
  expect(gateway.api.received).toHaveLength(2);
  expect(answer.headers.get('x-cache')).toBeNull();
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect((await ask()).source).toBe('miss');
});

test.each([
  ['an error', 404, {}],
  ['a private answer', 200, { 'cache-control': 'private, max-age=60' }],
  ['an answer with a cookie', 200, { 'set-cookie': 'a=1' }],
  ['an answer that varies by anything', 200, { vary: '*' }],
])('does not keep %s', async (_, status, headers) => {
  gateway.api.handle = (_, response) => json(response, status, {}, headers);
  await ask();
  expect((await ask()).source).toBe('miss');
});

test('caches one response per value of its key', async () => {
  gateway.api.handle = ({ headers }, response) =>
    json(response, 200, headers['accept-language'], { vary: 'Accept-Language, Accept-Encoding' });
  const german = await ask({ 'accept-language': 'de' });
  const french = await ask({ 'accept-language': 'fr' });
  expect([german.text, french.text]).toEqual(['"de"', '"fr"']);
  expect((await ask({ 'accept-language': 'de' })).text).toBe('"de"');
  expect((await ask({ 'accept-language': 'fr', 'user-agent': 'x' })).source).toBe('hit');
  expect(french.answer.headers.get('vary')).toContain('Accept-Language');
  expect(gateway.api.received).toHaveLength(2);
});

test("sends no caller's own headers in a shared request", async () => {
  await ask({ 'user-agent': 'mine', 'x-user': 'me', 'if-none-match': '"x"', range: 'bytes=0-1' });
  const headers = gateway.api.received[0]?.headers ?? {};
  for (const name of ['x-user', 'if-none-match', 'range']) expect(headers[name]).toBeUndefined();
  expect(headers['user-agent']).not.toBe('mine');
});

test('relays a response that is too large to share', async () => {
  const text = 'x'.repeat(1_100_000);
  gateway.api.handle = (_, response) => json(response, 200, text);
  const { answer, text: given } = await ask();
  expect(answer.status).toBe(200);
  expect(given).toBe(JSON.stringify(text));
});

test('serves a stale response while the upstream fails, for five minutes', async () => {
  const stale = 'gateway_shared_answers_total{source="stale"}';
  const before = await metric(stale);
  const { text } = await ask();
  gateway.api.handle = (_, response) => json(response, 500, {});
  gateway.pass(60_000);
  const second = await ask();
  expect(second).toMatchObject({ text, source: 'stale' });
  expect(second.answer.status).toBe(200);
  expect(second.answer.headers.get('age')).toBe('60');
  expect(second.answer.headers.get('cache-control')).toBe('no-store');
  expect(await metric(stale)).toBe(before + 1);
  gateway.pass(300_000);
  expect((await ask()).answer.status).toBe(500);
});
