import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { waitUntil } from '@watchkeeper/testing/waiting';
import { orderBody } from './testing/cast.ts';
import { expectBalancedLedger } from './testing/ledger.ts';
import { useShop } from './testing/shop.ts';

const shop = useShop();

interface Seen {
  readonly status: number;
  readonly durationMs: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test inspects any response.
  readonly body: any;
}

/** Ten customers who order and pay until stopped; every response is kept. */
function startTraffic(): { seen: Seen[]; stop(): Promise<void> } {
  const seen: Seen[] = [];
  let isStopped = false;
  async function ask(path: string, body: object): Promise<Seen> {
    const startedAt = performance.now();
    const answer = await shop.cast.asCustomer.post(path, body);
    const result = { ...answer, durationMs: performance.now() - startedAt };
    seen.push(result);
    return result;
  }
  async function buy(): Promise<void> {
    while (!isStopped) {
      const order = await ask('/orders', orderBody(shop.menu));
      if (order.status === 201) {
        const path = `/orders/${order.body.id}/payments`;
        const payment = await ask(path, { method: 'wallet' });
        if (payment.status === 201) await ask(`/payments/${payment.body.id}/capture`, {});
      }
      // A customer who is refused looks up before trying again.
      await sleep(order.status === 201 ? 1 : 20);
    }
  }
  const buyers = Array.from({ length: 10 }, buy);
  return {
    seen,
    async stop() {
      isStopped = true;
      await Promise.all(buyers);
    },
  };
}

const readiness = async () => (await fetch(`${shop.api.management}/ready`)).status;

test('PostgreSQL dies under traffic: the api fails fast, reports it, and recovers', async () => {
  // Between two statements of a transaction: its connection breaks while nobody waits for it.
  const idle = await shop.api.pool.connect();
  await idle.query('BEGIN');
  const traffic = startTraffic();
  await waitUntil(() => traffic.seen.filter(({ status }) => status === 200).length >= 10);
  let during: Seen[] = [];
  await shop.api.withoutDatabase(async () => {
    const before = traffic.seen.length;
    await waitUntil(() => traffic.seen.length >= before + 50);
    during = traffic.seen.slice(before + 20);
    expect(await readiness()).toBe(503);
    expect((await fetch(`${shop.api.base}/api/v1/restaurants/${shop.menu.id}`)).status).toBe(200);
  });
  idle.release(true);
  for (const { status, body, durationMs } of during) {
    expect(status).toBe(503);
    expect(body).toMatchObject({
      ...{ statusCode: 503, error: 'Service Unavailable', requestId: expect.any(String) },
      message: 'The request failed. Quote the request id.',
    });
    expect(durationMs).toBeLessThan(2_000);
  }

  const recovered = traffic.seen.length;
  const hasRecovered = () =>
    traffic.seen.slice(recovered).filter(({ status }) => status === 200).length >= 10;
  await waitUntil(() => hasRecovered());
  await traffic.stop();
  expect(await readiness()).toBe(200);
  expect(traffic.seen.at(-1)?.status).not.toBe(503);
  const kinds = new Set(traffic.seen.map(({ status }) => status));
  expect([200, 201, 409, 503]).toEqual(expect.arrayContaining([...kinds]));
  await expectBalancedLedger(shop.api.pool);
}, 60_000);
