import type { Random } from '../random.ts';
import { type Restaurant, restaurant, restaurantList, searchResult } from '../target/answers.ts';
import type { Client } from '../target/client.ts';
import type { Stage } from './stage.ts';

export interface OrderBody {
  readonly restaurantId: string;
  readonly items: readonly { readonly dishId: string; readonly quantity: number }[];
  readonly deliveryAddress: string;
}

// Few words, so that caches have hits.
const words = ['pho', 'curry', 'thai', 'soup', 'vegetarian', 'bowl', 'kebab', 'salad'] as const;
const streets = ['Quay', 'Mill Lane', 'Station Road', 'Elm Street', 'Harbour Walk'] as const;

export async function chooseRestaurant({ stranger, random }: Stage): Promise<Restaurant> {
  const { items } = await stranger.send({
    operation: 'list_restaurants',
    ...{ path: `/api/v1/restaurants?limit=${random.pick([5, 10, 20])}`, answer: restaurantList },
  });
  return readRestaurant(stranger, random.pick(items).id);
}

export async function searchRestaurants({ stranger, random }: Stage): Promise<void> {
  const { items } = await stranger.send({
    ...{ operation: 'search', path: `/api/v1/search?q=${random.pick(words)}` },
    answer: searchResult,
  });
  if (items.length > 0) await readRestaurant(stranger, random.pick(items).id);
}

function readRestaurant(client: Client, id: string): Promise<Restaurant> {
  return client.send({
    ...{ operation: 'read_restaurant', path: `/api/v1/restaurants/${id}`, answer: restaurant },
  });
}

/** One to three different dishes, as the api requires. */
export function chooseDishes({ id, dishes }: Restaurant, random: Random): OrderBody {
  const left = [...dishes];
  const count = Math.min(random.integer(1, 3), left.length);
  const items = Array.from({ length: count }, () => {
    const [dish] = left.splice(random.integer(0, left.length - 1), 1);
    return { dishId: dish?.id ?? '', quantity: random.integer(1, 4) };
  });
  const deliveryAddress = `${random.pick(streets)} ${random.integer(1, 99)}`;
  return { restaurantId: id, items, deliveryAddress };
}
