import { z } from 'zod';
import { plainText } from '../plain-text.ts';
import { orderStatuses } from './state-machine.ts';

/** The body of `POST /orders`. */
export const newOrder = z.object({
  restaurantId: z.uuid(),
  items: z
    .array(z.object({ dishId: z.uuid(), quantity: z.number().int().min(1).max(20) }))
    .min(1)
    .max(50)
    .refine((items) => new Set(items.map(({ dishId }) => dishId)).size === items.length, {
      message: 'Expected each dish once; raise its quantity instead.',
    }),
  deliveryAddress: plainText(300).optional(),
});

// What an integer column holds; more than any order has changes.
const maxVersion = 2_147_483_647;

/** The body of `POST /orders/:id/transitions`. */
export const transition = z.object({
  to: z.enum(orderStatuses),
  version: z.number().int().min(1).max(maxVersion),
});

/** The query of `GET /orders`. */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** The last order of the page before. */
  after: z.uuid().optional(),
  restaurantId: z.uuid().optional(),
});

/** The parameters of a path that names an order. */
export const identity = z.object({ id: z.uuid() });

/** An order as a customer asks for it. */
export type NewOrder = z.output<typeof newOrder>;
