import type { Random } from '../random.ts';
import type { Restaurant } from '../target/operations.ts';
import type { Stage } from './stage.ts';

// Few words, so that caches have hits.
const words = ['pho', 'curry', 'thai', 'soup', 'vegetarian', 'bowl', 'kebab', 'salad'] as const;
const streets = ['Quay', 'Mill Lane', 'Station Road', 'Elm Street', 'Harbour Walk'] as const;

export async function chooseRestaurant({ stranger, random }: Stage): Promise<Restaurant> {
  const query = { limit: random.pick([5, 10, 20]) };
  const { items } = await stranger.send('list_restaurants', { query });
  return stranger.send('read_restaurant', { id: random.pick(items).id });
}

export async function searchRestaurants({ stranger, random }: Stage): Promise<void> {
  const { items } = await stranger.send('search', { query: { q: random.pick(words) } });
  if (items.length > 0) await stranger.send('read_restaurant', { id: random.pick(items).id });
}

/** One to three different dishes, as the api requires. */
export function chooseDishes({ id, dishes }: Restaurant, random: Random) {
  const left = [...dishes];
  const count = Math.min(random.integer(1, 3), left.length);
  const items = Array.from({ length: count }, () => {
    const [dish] = left.splice(random.integer(0, left.length - 1), 1);
    return { dishId: dish?.id ?? '', quantity: random.integer(1, 4) };
  });
  const deliveryAddress = `${random.pick(streets)} ${random.integer(1, 99)}`;
  return { restaurantId: id, items, deliveryAddress };
}
