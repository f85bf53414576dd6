import type { scenarios } from '../catalogue.ts';
import type { Random } from '../random.ts';
import type { Order } from '../target/answers.ts';
import type { Customer } from './customer.ts';
import { makeMistake } from './mistakes.ts';

/** What a customer comes for. */
export type Scenario = (typeof scenarios)[number];

// Most people only look; of those who order, some wait until the food is there.
const menuShare = 0.6;
const orderShare = 0.25;

/** Chooses what a customer comes for; `wrongShare` (0 to 1) of them make a mistake. */
export function chooseScenario(random: Random, wrongShare: number): Scenario {
  if (random.isChance(wrongShare)) return 'mistake';
  const choice = random.next();
  if (choice < menuShare) return 'menu';
  return choice < menuShare + orderShare ? 'order' : 'delivery';
}

/** Runs one visit to its end, by scenario. */
export const visits: Readonly<Record<Scenario, (customer: Customer) => Promise<unknown>>> = {
  menu: (customer) => customer.chooseRestaurant(),
  order: async (customer) => customer.readOrder((await placeOrder(customer)).id),
  delivery: async (customer) => followOrder(customer, await placeOrder(customer)),
  mistake: makeMistake,
};

async function placeOrder(customer: Customer): Promise<Order> {
  const body = customer.chooseDishes(await customer.chooseRestaurant());
  return customer.placeOrder(body, customer.newId());
}

const lifeCycle = ['confirmed', 'preparing', 'delivering', 'delivered'] as const;
// Past `preparing` the food is on its way and can't be called back.
const lastCancellable = 2;
const cancelShare = 0.15;

/** Moves the order on, state by state, looking at it in between; some are called off early. */
async function followOrder(customer: Customer, placed: Order): Promise<void> {
  const { random } = customer;
  const cancelAt = random.isChance(cancelShare) ? random.integer(0, lastCancellable) : undefined;
  let current = placed;
  for (const [step, to] of lifeCycle.entries()) {
    if (step === cancelAt) {
      await customer.changeOrder(current, 'cancelled');
      return;
    }
    current = await customer.changeOrder(current, to);
    if (random.isChance(0.5)) await customer.readOrder(current.id);
  }
}
