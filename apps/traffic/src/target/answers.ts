import { z } from 'zod';

const dish = z.object({ id: z.string(), priceCents: z.number() });
export const restaurantList = z.object({
  items: z.array(z.object({ id: z.string() })).min(1),
});
export const restaurant = z.object({ id: z.string(), dishes: z.array(dish).min(1) });
export const searchResult = z.object({ items: z.array(z.object({ id: z.string() })) });
export const order = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  version: z.number(),
  totalCents: z.number(),
});
export const orderDetails = order.extend({
  assignment: z.object({ id: z.string(), status: z.string() }).nullable(),
});
export const orderList = z.object({ items: z.array(order.extend({ updatedAt: z.string() })) });
export const payment = z.object({ id: z.string(), status: z.string(), amountCents: z.number() });
export const refund = z.object({ id: z.string(), status: z.string() });
export const wallet = z.object({ balanceCents: z.number() });
export const assignment = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.string(),
  offeredAt: z.string(),
});
export const assignmentList = z.object({ items: z.array(assignment) });
export const tokens = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().min(1),
  expiresInSeconds: z.number().positive(),
  user: z.object({ id: z.string() }),
});
export const sessionList = z.object({
  items: z.array(z.object({ id: z.string(), deviceId: z.string(), isCurrent: z.boolean() })),
});

/** The SMS stand-in's list, newest first. */
export const messageList = z.object({
  messages: z.array(z.object({ id: z.string(), text: z.string() })),
});
export const attachment = z.object({ id: z.string(), size: z.number() });
export const assistantAnswer = z.object({ answer: z.string().min(1), model: z.string() });

export const anyList = z.object({ items: z.array(z.unknown()) });

export const anyone = z.object({ id: z.string() });

/** Any body, or none. */
export const anything = z.unknown();

/** Every error response. Source: the project's telemetry contract, section API errors. */
export const refusal = z.object({ statusCode: z.number(), requestId: z.string() });
export type Restaurant = z.output<typeof restaurant>;
export type Order = z.output<typeof order>;
export type Payment = z.output<typeof payment>;
export type TokenAnswer = z.output<typeof tokens>;
