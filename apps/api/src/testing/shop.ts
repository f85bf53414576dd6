import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { startCardProcessor, type TestCardProcessor } from './card-processor.ts';
import { type Cast, createCast, firstMenu, type Menu, orderBody } from './cast.ts';
import { expectBalancedLedger } from './ledger.ts';
import { type RunningApi, startApi } from './running-api.ts';

/** What the tests of one file share; set before the first of them. */
interface Shop {
  api: RunningApi;
  cast: Cast;
  menu: Menu;
}

/** Starts an api with users of every role before the tests of a file, and stops it after them. */
export function useShop(environmentOf: () => Promise<Record<string, string>> = async () => ({})) {
  const shop = {} as Shop;
  beforeAll(async () => {
    const api = await startApi({ environment: await environmentOf() });
    Object.assign(shop, { api, cast: await createCast(api), menu: await firstMenu(api) });
  }, 120_000);
  afterAll(() => shop.api.stop());
  return shop;
}

/** The same with a card processor, and a ledger that must balance after the tests. */
export function useShopWithCards() {
  const cards = {} as { card: TestCardProcessor };
  // Hooks after the tests run in the order in which they were registered.
  afterAll(async () => {
    await expectBalancedLedger(shop.api.pool);
    cards.card.stop();
  });
  const shop = useShop(async () => {
    cards.card = await startCardProcessor();
    return { CARD_PROCESSOR_URL: cards.card.url };
  });
  beforeEach(() => {
    cards.card.behaviour = 'approved';
    cards.card.onRequest = () => {};
  });
  async function createPayment(method: string) {
    const { body: order } = await shop.cast.asCustomer.post('/orders', orderBody(shop.menu));
    return (await shop.cast.asCustomer.post(`/orders/${order.id}/payments`, { method })).body;
  }
  return { shop, cards, createPayment };
}
