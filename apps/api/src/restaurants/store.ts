import type { Pool } from 'pg';

/** A restaurant as lists show it. */
export interface Restaurant {
  readonly id: string;
  readonly name: string;
  readonly cuisine: string;
}

/** A restaurant with its menu; prices in cents. */
export interface RestaurantWithDishes extends Restaurant {
  readonly dishes: readonly { id: string; name: string; priceCents: number }[];
}

/** Reads the catalogue. */
export interface RestaurantStore {
  /** Restaurants by name, those after the name `after`. */
  list(limit: number, after: string | undefined): Promise<readonly Restaurant[]>;
  find(id: string): Promise<RestaurantWithDishes | undefined>;
}

/** Makes the store over the `catalogue` schema. */
export function createRestaurantStore(pool: Pool): RestaurantStore {
  return {
    async list(limit, after = '') {
      const { rows } = await pool.query<Restaurant>(
        `SELECT id, name, cuisine FROM catalogue.restaurants
         WHERE name > $1 ORDER BY name LIMIT $2`,
        [after, limit],
      );
      return rows;
    },
    async find(id) {
      const { rows } = await pool.query<RestaurantWithDishes>(
        `SELECT r.id, r.name, r.cuisine,
           json_agg(json_build_object('id', d.id, 'name', d.name, 'priceCents', d.price_cents)
             ORDER BY d.name) AS dishes
         FROM catalogue.restaurants r JOIN catalogue.dishes d ON d.restaurant_id = r.id
         WHERE r.id = $1 GROUP BY r.id`,
        [id],
      );
      return rows[0];
    },
  };
}
