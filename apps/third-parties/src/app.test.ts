import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningThirdParties, startThirdParties } from './testing/running-third-parties.ts';

let thirdParties: RunningThirdParties;

beforeAll(async () => {
  thirdParties = await startThirdParties();
});
afterEach(() => thirdParties.faults.clear());
afterAll(() => thirdParties.stop());

describe('sms', () => {
  test('lists messages newest first, one per idempotency key', async () => {
    const to = '+31612345678';
    const key = { 'idempotency-key': randomUUID() };
    const first = await thirdParties.send('/sms/messages', { to, text: 'one' }, key);
    const again = await thirdParties.send('/sms/messages', { to, text: 'one' }, key);
    await thirdParties.send('/sms/messages', { to, text: 'two' });
    await thirdParties.send('/sms/messages', { to: '+31687654321', text: 'three' });
    expect(first).toMatchObject({ status: 201, body: { status: 'queued' } });
    expect(again.body).toEqual(first.body);
    const { body } = await thirdParties.read(`/sms/messages?to=${encodeURIComponent(to)}`);
    expect(body.messages.map(({ text }: { text: string }) => text)).toEqual(['two', 'one']);
    expect((await thirdParties.read('/sms/messages?limit=1')).body.messages).toHaveLength(1);
  });
});

describe('card', () => {
  const charge = (amountCents: number, paymentId = randomUUID()) =>
    thirdParties.send('/card/charges', { paymentId, amountCents, currency: 'EUR' });

  test.each([
    [1_012, { status: 'approved' }],
    [1_013, { status: 'declined', reason: 'card_declined' }],
    [51, { status: 'declined', reason: 'insufficient_funds' }],
    [254, { status: 'declined', reason: 'expired_card' }],
    [5, { status: 'approved' }],
  ])('answers %s cents with %j', async (amountCents, outcome) => {
    expect(await charge(amountCents)).toMatchObject({ status: 201, body: outcome });
  });

  test('makes one charge per payment, however often it is requested', async () => {
    const paymentId = randomUUID();
    expect((await charge(900, paymentId)).body).toEqual((await charge(900, paymentId)).body);
    expect((await charge(900)).body.chargeId).not.toBe((await charge(900)).body.chargeId);
  });

  test('refunds once per key and never more than the charge', async () => {
    const { chargeId } = (await charge(900)).body;
    const refund = (amountCents: number, key: string) =>
      thirdParties.send('/card/refunds', { chargeId, amountCents }, { 'idempotency-key': key });
    const first = await refund(600, 'one');
    expect(first).toMatchObject({ status: 201, body: { status: 'succeeded' } });
    expect((await refund(600, 'one')).body).toEqual(first.body);
    expect(await refund(301, 'two')).toMatchObject({
      status: 409,
      body: { details: { ruleViolated: 'REFUND_EXCEEDS_CHARGE', refundedCents: 600 } },
    });
    expect((await refund(300, 'three')).status).toBe(201);
  });
});

describe('hooks', () => {
  test('lists the exact body and headers of requests by name', async () => {
    const headers = { 'x-galley-signature': 't=1,v1=00', 'x-other': 'no' };
    const body = '{ "spaced":  true }';
    expect((await thirdParties.send('/hooks/one', body, headers)).status).toBe(202);
    const { requests } = (await thirdParties.read('/hooks/one')).body;
    expect(requests).toEqual([
      {
        receivedAt: '2026-01-31T03:00:00.000Z',
        headers: { 'content-type': 'application/json', 'x-galley-signature': 't=1,v1=00' },
        body,
      },
    ]);
    expect((await thirdParties.read('/hooks/two')).body).toEqual({ requests: [] });
  });

  test('drops the oldest request and the least recently used endpoint', async () => {
    for (let i = 0; i < 60; i += 1) await thirdParties.send('/hooks/busy', String(i));
    const { requests } = (await thirdParties.read('/hooks/busy?limit=200')).body;
    expect(requests).toHaveLength(50);
    expect(requests[0].body).toBe('59');
    for (let i = 0; i < 20; i += 1) await thirdParties.send(`/hooks/new-${i}`, '{}');
    expect((await thirdParties.read('/hooks/busy')).body.requests).toEqual([]);
  });
});

describe('each of them', () => {
  const paths = ['/sms/messages', '/card/charges', '/ai/v1/chat/completions', '/hooks/a'];

  test.each(paths)("%s applies the latency and status in the request's headers", async (path) => {
    const startedAt = performance.now();
    const headers = { 'x-stand-in-latency-ms': '80', 'x-stand-in-status': '503' };
    const answer = await thirdParties.send(path, {}, headers);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(performance.now() - startedAt).toBeGreaterThan(75);
  });

  test.each([
    ['sms', '/sms/messages'],
    ['card', '/card/refunds'],
    ['ai', '/ai/v1/chat/completions'],
    ['hooks', '/hooks/a'],
  ] as const)('fails while the fault `%s` is on, and only then', async (name, path) => {
    thirdParties.faults.set(name, { share: 1, status: 502, expiresInSeconds: 60 });
    expect((await thirdParties.send(path, {})).status).toBe(502);
    thirdParties.faults.clear();
    expect((await thirdParties.send(path, {})).status).not.toBe(502);
  });

  test('stores nothing of a failed request', async () => {
    thirdParties.faults.set('hooks', { share: 1, status: 500, expiresInSeconds: 60 });
    await thirdParties.send('/hooks/failing', '{}');
    expect((await thirdParties.read('/hooks/failing')).body.requests).toEqual([]);
  });

  test.each([
    ['x-stand-in-status', '200', 'headers.x-stand-in-status'],
    ['x-stand-in-latency-ms', '60001', 'headers.x-stand-in-latency-ms'],
    ['x-stand-in-latency-ms', 'soon', 'headers.x-stand-in-latency-ms'],
  ])('refuses %s: %s', async (header, value, field) => {
    const { status, body } = await thirdParties.send('/hooks/a', '{}', { [header]: value });
    expect(status).toBe(400);
    expect(body.validationErrors.map((problem: { field: string }) => problem.field)).toEqual([
      field,
    ]);
  });
});
