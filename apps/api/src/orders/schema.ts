import { z } from 'zod';
import { limit } from '../http/resource.ts';
import { plainText } from '../plain-text.ts';
import { orderStatuses } from './state-machine.ts';

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

// The maximum of an integer column.
const maxVersion = 2_147_483_647;

export const transition = z.object({
  to: z.enum(orderStatuses),
  version: z.number().int().min(1).max(maxVersion),
});

export const listQuery = z.object({
  limit,
  /** The last order of the previous page. */
  after: z.uuid().optional(),
  restaurantId: z.uuid().optional(),
});

export type NewOrder = z.output<typeof newOrder>;
