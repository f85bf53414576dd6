import { orNotFound, queryRow, queryRows, sql } from '@watchkeeper/galley';
import type { Pool } from 'pg';

interface Restaurant {
  readonly id: string;
  readonly name: string;
  readonly cuisine: string;
}

/** With the whole menu, or the matching part of it in a search. */
interface RestaurantWithDishes extends Restaurant {
  readonly dishes: readonly { id: string; name: string; priceCents: number }[];
}

interface ListQuery {
  readonly limit: number;
  /** The last name of the previous page. */
  readonly after?: string | undefined;
  readonly cuisine?: string | undefined;
}

export type RestaurantStore = ReturnType<typeof createRestaurantStore>;

export function createRestaurantStore(pool: Pool) {
  return {
    list: ({ limit, after = '', cuisine }: ListQuery) =>
      queryRows<Restaurant>(pool)`
        SELECT id, name, cuisine FROM catalogue.restaurants
        WHERE name > ${after} ${cuisine === undefined ? sql`` : sql`AND cuisine = ${cuisine}`}
        ORDER BY name LIMIT ${limit}`,
    /** @throws HttpError 404 if it is unknown */
    async find(id: string): Promise<RestaurantWithDishes> {
      const found = await queryRow<RestaurantWithDishes>(pool)`
        SELECT r.id, r.name, r.cuisine, ${dishesAsJson} AS dishes
        FROM catalogue.restaurants r JOIN catalogue.dishes d ON d.restaurant_id = r.id
        WHERE r.id = ${id} GROUP BY r.id`;
      return orNotFound(found, 'restaurant', id);
    },
    /** Matches the words as prefixes in the names and cuisines of restaurants and names of dishes. */
    async search(words: readonly string[], limit: number): Promise<RestaurantWithDishes[]> {
      if (words.length === 0) return [];
      const query = words.map((word) => `'${word}':*`).join(' & ');
      // Each half of the union uses its own index; one condition over both could not.
      return queryRows<RestaurantWithDishes>(pool)`
        WITH matches AS (
          SELECT id AS restaurant_id, NULL::uuid AS dish_id FROM catalogue.restaurants
          WHERE search @@ to_tsquery('simple', ${query})
          UNION ALL
          SELECT restaurant_id, id FROM catalogue.dishes
          WHERE search @@ to_tsquery('simple', ${query})
        )
        SELECT r.id, r.name, r.cuisine,
          coalesce(${dishesAsJson} FILTER (WHERE d.id IS NOT NULL), '[]') AS dishes
        FROM matches m JOIN catalogue.restaurants r ON r.id = m.restaurant_id
        LEFT JOIN catalogue.dishes d ON d.id = m.dish_id
        GROUP BY r.id ORDER BY r.name LIMIT ${limit}`;
    },
  };
}

const dishesAsJson = sql`json_agg(json_build_object('id', d.id, 'name', d.name,
  'priceCents', d.price_cents) ORDER BY d.name)`;
