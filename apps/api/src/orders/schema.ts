import { z } from 'zod';
import { orderStatuses } from './state-machine.ts';

/** The body of `POST /orders`. */
export const newOrder = z.object({
  customerId: z.uuid(),
  restaurantId: z.uuid(),
  items: z
    .array(z.object({ dishId: z.uuid(), quantity: z.number().int().min(1).max(20) }))
    .min(1)
    .max(50)
    .refine((items) => new Set(items.map(({ dishId }) => dishId)).size === items.length, {
      message: 'Expected each dish once; raise its quantity instead.',
    }),
});

/** The body of `POST /orders/:id/transitions`. */
export const transition = z.object({
  to: z.enum(orderStatuses),
  version: z.number().int().min(1),
});

/** The parameters of a path that names an order. */
export const identity = z.object({ id: z.uuid() });

/** The headers of `POST /orders`. */
export const idempotency = z.object({
  'idempotency-key': z
    .string({ message: 'Expected the header to be set.' })
    .regex(/^[\w-]{8,128}$/, 'Expected 8 to 128 letters, digits, `_` or `-`.'),
});

/** An order as a customer asks for it. */
export type NewOrder = z.output<typeof newOrder>;
