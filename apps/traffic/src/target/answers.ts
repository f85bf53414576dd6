import { z } from 'zod';

/** The answer of `GET /restaurants`. */
export const restaurantList = z.object({
  items: z.array(z.object({ id: z.string() })).min(1),
});

/** The answer of `GET /restaurants/:id`. */
export const restaurant = z.object({
  id: z.string(),
  dishes: z.array(z.object({ id: z.string() })).min(1),
});

/** An order as the api answers it. */
export const order = z.object({ id: z.string(), status: z.string(), version: z.number() });

/** The answer of every refusal. Source: the project's telemetry contract, section API errors. */
export const refusal = z.object({ statusCode: z.number(), requestId: z.string() });

/** A restaurant with its dishes. */
export type Restaurant = z.output<typeof restaurant>;

/** An order, as far as a customer looks at it. */
export type Order = z.output<typeof order>;
