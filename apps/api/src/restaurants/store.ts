import type { Pool } from 'pg';
import { notFound } from '../http/resource.ts';

interface Restaurant {
  readonly id: string;
  readonly name: string;
  readonly cuisine: string;
}

interface Dish {
  readonly id: string;
  readonly name: string;
  readonly priceCents: number;
}

/** With the whole menu, or the matching part of it in a search. */
interface RestaurantWithDishes extends Restaurant {
  readonly dishes: readonly Dish[];
}

interface ListQuery {
  readonly limit: number;
  /** The last name of the previous page. */
  readonly after?: string | undefined;
  readonly cuisine?: string | undefined;
}

export interface RestaurantStore {
  list(query: ListQuery): Promise<readonly Restaurant[]>;
  /** @throws HttpError 404 if it is unknown */
  find(id: string): Promise<RestaurantWithDishes>;
  /** Matches the words as prefixes in the names and cuisines of restaurants and names of dishes. */
  search(words: readonly string[], limit: number): Promise<readonly RestaurantWithDishes[]>;
}

export function createRestaurantStore(pool: Pool): RestaurantStore {
  return {
    async list({ limit, after = '', cuisine }) {
      const isAny = cuisine === undefined;
      const { rows } = await pool.query<Restaurant>(
        `SELECT id, name, cuisine FROM catalogue.restaurants
         WHERE name > $1 ${isAny ? '' : 'AND cuisine = $3'} ORDER BY name LIMIT $2`,
        isAny ? [after, limit] : [after, limit, cuisine],
      );
      return rows;
    },
    async find(id) {
      const { rows } = await pool.query<RestaurantWithDishes>(findStatement, [id]);
      if (rows[0] === undefined) throw notFound('restaurant', id);
      return rows[0];
    },
    async search(words, limit) {
      if (words.length === 0) return [];
      const query = words.map((word) => `'${word}':*`).join(' & ');
      const { rows } = await pool.query<RestaurantWithDishes>(searchStatement, [query, limit]);
      return rows;
    },
  };
}

const dishesAsJson = `json_agg(json_build_object('id', d.id, 'name', d.name,
  'priceCents', d.price_cents) ORDER BY d.name)`;

const findStatement = `SELECT r.id, r.name, r.cuisine, ${dishesAsJson} AS dishes
  FROM catalogue.restaurants r JOIN catalogue.dishes d ON d.restaurant_id = r.id
  WHERE r.id = $1 GROUP BY r.id`;

/** Each half of the union uses its own index; one condition over both could not. */
const searchStatement = `WITH matches AS (
    SELECT id AS restaurant_id, NULL::uuid AS dish_id FROM catalogue.restaurants
    WHERE search @@ to_tsquery('simple', $1)
    UNION ALL
    SELECT restaurant_id, id FROM catalogue.dishes WHERE search @@ to_tsquery('simple', $1)
  )
  SELECT r.id, r.name, r.cuisine,
    coalesce(${dishesAsJson} FILTER (WHERE d.id IS NOT NULL), '[]') AS dishes
  FROM matches m JOIN catalogue.restaurants r ON r.id = m.restaurant_id
  LEFT JOIN catalogue.dishes d ON d.id = m.dish_id
  GROUP BY r.id ORDER BY r.name LIMIT $2`;
